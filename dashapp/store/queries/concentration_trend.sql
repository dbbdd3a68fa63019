-- question: Which share of each month's sales did its best buyers hold, now and in the comparison period?
-- grain: a month, now or before
-- filters: all
-- kept: {}
-- columns: series VARCHAR, month DATE, buyers BIGINT, best_fifth_share DOUBLE, best_hundredth_share DOUBLE, gini DOUBLE
-- gini: 0 where all buyers brought the same, near 1 where one brought everything.
with days as (
    select 'current' as series, order_date, customer_key, {value} as value
    from marts.customer_days
    where {where} and customer_key is not null
    union all
    select 'previous' as series, order_date, customer_key, {value} as value
    from marts.customer_days
    where {previous_where} and customer_key is not null
), buyers as (
    select series, cast(date_trunc('month', order_date) as date) as month, cast(sum(value) as double) as value
    from days
    group by series, date_trunc('month', order_date), customer_key
    having sum(value) > 0
), ranked as (
    select
        series,
        month,
        value,
        row_number() over (partition by series, month order by value desc) as place,
        count(*) over (partition by series, month) as n
    from buyers
)
select
    series,
    month,
    cast(count(*) as bigint) as buyers,
    sum(value) filter (where place <= ceil(n * 0.2)) / sum(value) as best_fifth_share,
    sum(value) filter (where place <= ceil(n * 0.01)) / sum(value) as best_hundredth_share,
    2 * sum((n + 1 - place) * value) / (count(*) * sum(value)) - (count(*) + 1.0) / count(*) as gini
from ranked
group by series, month
order by series, month
