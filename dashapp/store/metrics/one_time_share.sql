-- label: One-time buyers
-- unit: share
-- better: down
-- definition: Share of all customers who have bought on one day only, whenever that was.
-- formula: customers with one purchase day / customers
-- customers: base
-- filters: base
select
    avg(cast(purchase_days = 1 as double)) as value,
    null as low,
    null as high,
    cast(count(*) as bigint) as n
from marts.customers
where {where}
