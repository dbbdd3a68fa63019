-- question: How many customers are above and below the median predicted value, by whether they will rather buy again?
-- filters: base
-- kept: {}
-- columns: is_valuable BOOLEAN, is_likely BOOLEAN, customers BIGINT, net_sales DECIMAL(18,2), clv DOUBLE, value_at_risk DOUBLE, clv_from DOUBLE, clv_to DOUBLE, p_from DOUBLE, p_to DOUBLE, half DOUBLE
-- The median is that of the customers in view; likely is a chance of one half or more to buy in the horizon.
with base as (
    select clv, p_active, value_at_risk, net_sales
    from marts.customers
    where {where} and clv is not null and p_active is not null
), middle as (
    select median(clv) as half from base
)
select
    b.clv >= m.half as is_valuable,
    b.p_active >= 0.5 as is_likely,
    count(*) as customers,
    cast(sum(b.net_sales) as decimal(18, 2)) as net_sales,
    sum(b.clv) as clv,
    sum(b.value_at_risk) as value_at_risk,
    min(b.clv) as clv_from,
    max(b.clv) as clv_to,
    min(b.p_active) as p_from,
    max(b.p_active) as p_to,
    any_value(m.half) as half
from base b
cross join middle m
group by 1, 2
order by 1 desc, 2 desc
