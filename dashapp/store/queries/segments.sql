-- question: How many customers are in each segment, what did they bring in the period, what are they predicted to bring?
-- grain: a segment
-- filters: all
-- kept: {}
-- columns: segment VARCHAR, customers BIGINT, value DECIMAL(18,2), clv DOUBLE
-- Customers are the whole base; only sales are cut by the period, so the base gets a day that lies inside it.
with base as (
    select segment, clv
    from (select *, $period_start as order_date from marts.customers) c
    where {where}
), people as (
    select segment, cast(count(*) as bigint) as customers, sum(clv) as clv
    from base
    group by segment
), sales as (
    select segment, cast(sum({value}) as decimal(18, 2)) as value
    from marts.customer_days
    where {where} and customer_key is not null
    group by segment
)
select
    p.segment,
    p.customers,
    cast(case when s.segment is null and exists (select 1 from marts.customer_days) then 0 else s.value end as decimal(18, 2)) as value,
    p.clv
from people p
left join sales s using (segment)
order by p.segment
