-- grain: one row per order number that several customers use, or several days
-- mends: order_id
select
    order_id,
    min(coalesce(customer_key, 0)) < max(coalesce(customer_key, 0)) as has_several_customers,
    min(order_date) < max(order_date) as has_several_days
from staging.orders
group by order_id
having min(coalesce(customer_key, 0)) < max(coalesce(customer_key, 0)) or min(order_date) < max(order_date)
