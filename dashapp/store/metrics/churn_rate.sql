-- label: Churn rate
-- unit: share
-- better: down
-- definition: Share of scored customers who more likely than not will make no purchase within the horizon of the snapshot. Predicted, never taken from "still a customer".
-- formula: customers with 1 - P(active) > 0.5 / scored customers
-- customers: scored
-- filters: base
select
    avg(cast(1.0 - p_active > 0.5 as double)) as value,
    null as low,
    null as high,
    cast(count(p_active) as bigint) as n
from marts.customers
where {where} and p_active is not null
