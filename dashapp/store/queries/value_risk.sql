-- question: How many customers are in each third of predicted value, by how likely they are to buy again?
-- grain: a third of predicted value and a band of the chance to buy
-- filters: base
-- kept: {}
-- columns: third INTEGER, band INTEGER, customers BIGINT, clv DOUBLE, value_at_risk DOUBLE, clv_from DOUBLE, clv_to DOUBLE, p_from DOUBLE, p_to DOUBLE
-- third 3 is the most valuable; equal values are in one third. band 0: below 30 %, 1: below 70 %, 2: the rest.
with base as (
    select clv, value_at_risk, p_active
    from marts.customers
    where {where} and clv is not null and p_active is not null
), ranked as (
    select *, percent_rank() over (order by clv) as place
    from base
)
select
    cast(least(3, 1 + floor(3 * place)) as integer) as third,
    cast(case when p_active < 0.3 then 0 when p_active < 0.7 then 1 else 2 end as integer) as band,
    count(*) as customers,
    sum(clv) as clv,
    sum(value_at_risk) as value_at_risk,
    min(clv) as clv_from,
    max(clv) as clv_to,
    min(p_active) as p_from,
    max(p_active) as p_to
from ranked
group by 1, 2
order by 1 desc, 2
