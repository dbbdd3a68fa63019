-- label: Median predicted CLV
-- unit: money
-- better: up
-- definition: Half of all customers are predicted to bring less than this within the horizon. The mean is higher because few bring most.
-- formula: median of predicted CLV
-- customers: valued
-- filters: base
-- requires: value
select
    median(clv) as value,
    null as low,
    null as high,
    cast(count(clv) as bigint) as n
from marts.customers
where {where}
