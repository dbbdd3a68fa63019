-- title: An order belongs to one customer
-- dimension: consistency
-- severity: warn
-- table: marts.orders
-- help: One order number is used by several customers, or with and without a customer. Each is counted as its own order.
select order_id, count(distinct coalesce(customer_key, 0)) as customers, sum(net_sales) as amount
from staging.orders
where order_id in (select order_id from staging.odd_orders where has_several_customers)
group by order_id
