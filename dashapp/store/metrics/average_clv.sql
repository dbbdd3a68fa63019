-- label: Average predicted CLV
-- unit: money
-- better: up
-- definition: Mean residual value: what a customer is predicted to bring within the horizon from the last day of the data, discounted, times the margin setting. Past sales are not in it. All customers count, whenever they bought.
-- formula: sum of residual CLV / customers
-- filters: base
-- requires: value
select
    avg(clv) as value,
    null as low,
    null as high,
    cast(count(clv) as bigint) as n
from marts.customers
where {where}
