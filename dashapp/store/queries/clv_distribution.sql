-- question: How is predicted value spread over the customers, whenever they bought last?
-- grain: a step of predicted value
-- filters: base
-- kept: {}
-- columns: bin_low DOUBLE, bin_high DOUBLE, customers BIGINT, n BIGINT, mean DOUBLE, median DOUBLE, top_share DOUBLE, zero_share DOUBLE
with scored as (
    select clv
    from marts.customers
    where {where} and clv is not null
), ranked as (
    select clv, row_number() over (order by clv desc) as place, count(*) over () as n
    from scored
), facts as (
    select
        cast(count(*) as bigint) as n,
        avg(clv) as mean,
        median(clv) as median,
        sum(clv) filter (where place <= ceil(n / 10.0)) / nullif(sum(clv), 0) as top_share,
        quantile_cont(clv, 0.97) / 28 as step
    from ranked
), scale as (
    select *, pow(10, floor(log10(greatest(step, 0.01)))) as ten
    from facts
), widths as (
    select
        *,
        ten * case when step <= ten then 1 when step <= 2 * ten then 2 when step <= 5 * ten then 5 else 10 end as width
    from scale
), placed as (
    select least(floor(s.clv / w.width), 30) as bin, s.clv, w.*
    from scored s
    cross join widths w
), counted as (
    select
        bin,
        cast(count(*) as bigint) as customers,
        cast(count(*) filter (where clv < 0.01 * mean) as bigint) as nothing,
        any_value(width) as width,
        any_value(n) as n,
        any_value(mean) as mean,
        any_value(median) as median,
        any_value(top_share) as top_share
    from placed
    group by bin
)
select
    cast(bin * width as double) as bin_low,
    cast(case when bin < 30 then (bin + 1) * width end as double) as bin_high,
    customers,
    n,
    mean,
    median,
    top_share,
    cast(sum(nothing) over () / n as double) as zero_share
from counted
order by bin
