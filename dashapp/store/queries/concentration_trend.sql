-- question: Which share of each month's sales did its best buyers hold?
-- grain: a month
-- filters: all
-- columns: month DATE, buyers BIGINT, best_fifth_share DOUBLE, best_hundredth_share DOUBLE, gini DOUBLE
-- gini: 0 where all buyers brought the same, near 1 where one brought everything.
with buyers as (
    select cast(date_trunc('month', order_date) as date) as month, cast(sum({value}) as double) as value
    from marts.customer_days
    where {where} and customer_key is not null
    group by month, customer_key
    having sum({value}) > 0
), ranked as (
    select
        month,
        value,
        row_number() over (partition by month order by value desc) as place,
        count(*) over (partition by month) as n
    from buyers
)
select
    month,
    cast(count(*) as bigint) as buyers,
    sum(value) filter (where place <= ceil(n * 0.2)) / sum(value) as best_fifth_share,
    sum(value) filter (where place <= ceil(n * 0.01)) / sum(value) as best_hundredth_share,
    2 * sum((n + 1 - place) * value) / (count(*) * sum(value)) - (count(*) + 1.0) / count(*) as gini
from ranked
group by month
order by month
