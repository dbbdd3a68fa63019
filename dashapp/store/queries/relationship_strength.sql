-- question: Do customers with a broader, more repeated or more evenly spread relationship buy again in the half year held out?
-- grain: a measure of the relationship
-- filters: base
-- kept: {}
-- columns: measure VARCHAR, cut_off DATE, customers BIGINT, stayed BIGINT, mean_stayed DOUBLE, mean_left DOUBLE, correlation DOUBLE
-- Customers with two purchase days or more by the cut-off, 180 days before the end of the last whole month; stayed: bought in
-- these 180 days.
-- correlation is partial: at an equal number of purchase days (their logarithm), which by itself says most.
with facts as (
    select cast(r.stayed as integer) as stayed, ln(r.purchase_days) as days, r.cut_off, m.measure, m.x
    from marts.relationships as r
    semi join (select customer_key from marts.customers where {where}) as chosen on chosen.customer_key = r.customer_key
    cross join lateral (
        values ('categories', cast(r.categories as double)), ('repeated', r.repeated), ('busiest_month', r.busiest_month)
    ) as m(measure, x)
), correlations as (
    select
        measure,
        cut_off,
        count(*) as customers,
        sum(stayed) as stayed,
        avg(x) filter (stayed = 1) as mean_stayed,
        avg(x) filter (stayed = 0) as mean_left,
        corr(x, stayed) as xy,
        corr(x, days) as xz,
        corr(stayed, days) as yz
    from facts
    group by measure, cut_off
)
select
    measure,
    cut_off,
    customers,
    cast(stayed as bigint) as stayed,
    mean_stayed,
    mean_left,
    case when abs(xz) < 1 and abs(yz) < 1 then (xy - xz * yz) / sqrt((1 - xz * xz) * (1 - yz * yz)) end as correlation
from correlations
where cut_off - 180 >= $observed_from
order by measure
