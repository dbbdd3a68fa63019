-- grain: one row per customer with orders from several countries
-- mends: customer_key
select customer_key
from staging.orders
where customer_key is not null
group by customer_key
having min(country) < max(country)
