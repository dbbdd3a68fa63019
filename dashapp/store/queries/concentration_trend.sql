-- question: Which share of each month's sales did its best buyers hold, now and in the comparison period?
-- grain: a month, now or before
-- filters: all
-- kept: {}
-- columns: series VARCHAR, month DATE, buyers BIGINT, best_fifth_share DOUBLE, best_hundredth_share DOUBLE, gini DOUBLE
-- gini: 0 where all buyers brought the same, near 1 where one brought everything. place: of the last of equal ones.
with days as (
    select 'current' as series, order_date, customer_key, {value} as value
    from marts.customer_days
    where {where} and customer_key is not null
    union all
    select 'previous' as series, order_date, customer_key, {value} as value
    from marts.customer_days
    where {previous_where} and customer_key is not null
), buyers as (
    -- Many bring the same: ranking the amounts is cheaper than ranking the buyers.
    select series, month, cast(value as double) as value, count(*) as ties
    from (
        select series, cast(date_trunc('month', order_date) as date) as month, sum(value) as value
        from days
        group by series, date_trunc('month', order_date), customer_key
        having sum(value) > 0
    )
    group by series, month, value
), ranked as (
    select
        series,
        month,
        value,
        ties,
        sum(ties) over (partition by series, month order by value desc rows unbounded preceding) as place,
        sum(ties) over (partition by series, month) as n
    from buyers
)
select
    series,
    month,
    cast(sum(ties) as bigint) as buyers,
    sum(value * greatest(0, least(ties, ceil(n * 0.2) - place + ties))) / sum(value * ties) as best_fifth_share,
    sum(value * greatest(0, least(ties, ceil(n * 0.01) - place + ties))) / sum(value * ties) as best_hundredth_share,
    2 * sum(ties * (n + 1 - place + (ties - 1) / 2.0) * value) / (sum(ties) * sum(value * ties))
        - (sum(ties) + 1.0) / sum(ties) as gini
from ranked
group by series, month
order by series, month
