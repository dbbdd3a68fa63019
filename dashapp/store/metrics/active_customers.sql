-- label: Active customers
-- unit: count
-- better: up
-- definition: Identified customers with at least one purchase in the period. Sales without a customer do not count.
-- requires: orders
-- formula: distinct customers with a purchase day in the period
-- customers: buyers
-- filters: all
-- cube: period
select cast(sum(customers) as double) as value
from (
    select sum(firsts) as customers
    from marts.purchase_gaps
    where {in_cube} and {cube_where} and (since is null or since < $period_start)
    union all
    select count(distinct customer_key) as customers
    from marts.customer_days
    where not {in_cube} and {where} and is_purchase
) counted
