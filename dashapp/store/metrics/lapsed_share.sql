-- label: Lapsed by their own rhythm
-- unit: share
-- better: down
-- definition: Share of customers whose last purchase is longer ago than 90 % of their own gaps between purchases; below five gaps, than 90 % of everybody's. A rule, not a prediction: it looks back only.
-- formula: customers with days since last order > usual gap / customers
-- customers: base
-- filters: base
select
    avg(cast(days_since_last_order > usual_gap_days as double)) as value,
    null as low,
    null as high,
    cast(count(*) as bigint) as n
from marts.customers
where {where}
