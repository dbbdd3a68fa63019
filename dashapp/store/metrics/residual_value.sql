-- label: Value of the base
-- unit: money
-- better: up
-- definition: Predicted residual value of all customers together within the horizon: what the present customers are worth before any new one is won.
-- formula: sum of residual CLV
-- filters: base
-- requires: value
select
    sum(clv) as value,
    null as low,
    null as high,
    cast(count(clv) as bigint) as n
from marts.customers
where {where}
