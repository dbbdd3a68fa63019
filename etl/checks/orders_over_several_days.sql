-- title: An order lies on one day
-- dimension: consistency
-- severity: info
-- table: marts.orders
-- help: The lines of one order number carry different days. Each day is counted as its own order.
select order_id, count(distinct order_date) as days, sum(net_sales) as amount
from staging.orders
where order_id in (select order_id from staging.odd_orders where has_several_days)
group by order_id
