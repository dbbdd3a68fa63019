-- label: Repeat rate
-- unit: share
-- better: up
-- definition: Of the customers who bought in the period, the share that bought on two or more of its days. Counted inside the period only, so that equally long periods compare.
-- requires: orders
-- formula: customers with >= 2 purchase days in the period / customers with >= 1
-- customers: buyers
-- filters: all
-- cube: period
with counted as (
    select sum(firsts) as customers, sum(seconds) - sum(firsts) as came_back
    from marts.purchase_gaps
    where {in_cube} and {cube_where} and (since is null or since < $period_start)
    union all
    select count(*) as customers, count(*) filter (came_back) as came_back
    from (
        select customer_key, max(order_date) > min(order_date) as came_back
        from marts.customer_days
        where not {in_cube} and {where} and is_purchase and customer_key is not null
        group by customer_key
    ) buyers
)
select
    cast(sum(came_back) as double) / nullif(cast(sum(customers) as double), 0) as value,
    null as low,
    null as high,
    cast(sum(customers) as bigint) as n
from counted
