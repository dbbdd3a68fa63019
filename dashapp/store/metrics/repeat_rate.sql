-- label: Repeat rate
-- unit: share
-- better: up
-- definition: Of the customers who bought in the period, the share that bought on two or more of its days. Counted inside the period only, so that equally long periods compare.
-- requires: orders
-- formula: customers with >= 2 purchase days in the period / customers with >= 1
-- customers: buyers
-- filters: all
with buyers as (
    select customer_key, max(order_date) > min(order_date) as came_back
    from marts.customer_days
    where {where} and is_purchase and customer_key is not null
    group by customer_key
)
select
    avg(cast(came_back as double)) as value,
    null as low,
    null as high,
    cast(count(*) as bigint) as n
from buyers
