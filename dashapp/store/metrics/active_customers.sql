-- label: Active customers
-- unit: count
-- better: up
-- definition: Identified customers with at least one purchase in the period. Sales without a customer do not count.
-- requires: orders
-- formula: distinct customers with a purchase day in the period
-- customers: buyers
-- filters: all
select cast(count(distinct customer_key) as double) as value
from marts.customer_days
where {where} and is_purchase
