-- label: New customers
-- unit: count
-- better: up
-- definition: Identified customers whose first purchase ever lies in the period.
-- requires: orders
-- formula: customer days of type new
-- customers: new
-- filters: all
select cast(count(distinct customer_key) as double) as value
from marts.customer_days
where {where} and customer_type = 'new'
