-- label: Customers expected to be lost
-- unit: count
-- better: down
-- definition: How many of the scored customers are expected to make no purchase within the horizon of the snapshot: the sum of everybody's chance of it.
-- formula: sum of 1 - P(active)
-- customers: scored
-- filters: base
select
    sum(1.0 - p_active) as value,
    null as low,
    null as high,
    cast(count(p_active) as bigint) as n
from marts.customers
where {where} and p_active is not null
