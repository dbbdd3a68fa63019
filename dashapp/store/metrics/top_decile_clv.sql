-- label: Top-tenth CLV
-- unit: money
-- better: up
-- definition: Mean predicted CLV of the tenth of customers with the highest prediction.
-- formula: mean predicted CLV of the best 10 percent
-- customers: best
-- filters: base
-- requires: value
with ranked as (
    select clv, row_number() over (order by clv desc, customer_key) as place, count(*) over () as n
    from marts.customers
    where {where} and clv is not null
)
select
    avg(clv) as value,
    null as low,
    null as high,
    cast(count(*) as bigint) as n
from ranked
where place <= ceil(n / 10.0)
