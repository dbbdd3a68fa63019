-- title: A customer buys from one country
-- dimension: consistency
-- severity: info
-- table: marts.customers
-- help: The customer is listed under the country of the first purchase; sales stay with the country of the order.
select keys.customer_id, count(distinct orders.country) as countries, sum(orders.net_sales) as amount
from staging.orders as orders
inner join staging.customer_keys as keys on keys.customer_key = orders.customer_key
where orders.customer_key in (select customer_key from staging.roaming_customers)
group by keys.customer_id
