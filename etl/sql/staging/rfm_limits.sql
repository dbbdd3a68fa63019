-- grain: one row per day of staging.segment_dates: where scores 2 to 5 begin; null where nobody has the score
-- mends: as_of
-- A score is the fifth of all customers of the day that a value lies in. Equal values have equal ranks (percent_rank
-- rather than ntile, which would split the many equal one-time buyers at random), so ranking the distinct values with
-- their counts gives the same limits as ranking every customer. Of sales nearly every value is distinct: they are
-- ranked in rounded steps first, and one by one only in the four steps in which a score begins.
with counted as (
    select as_of, 'days' as measure, cast(-days_since_last_order as decimal(16, 2)) as value, count(*) as customers,
        cast(-days_since_last_order as decimal(16, 2)) as last_value
    from staging.rfm_totals
    group by as_of, days_since_last_order
    union all
    select as_of, 'orders', cast(orders as decimal(16, 2)), count(*), cast(orders as decimal(16, 2))
    from staging.rfm_totals
    group by as_of, orders
    union all
    select as_of, 'sales', min(net_sales), count(*), max(net_sales)
    from staging.rfm_totals
    group by
        as_of,
        case
            when abs(net_sales) < 1000 then round(net_sales, 0)
            when abs(net_sales) < 100000 then round(net_sales, -2)
            else round(net_sales, -4)
        end
),

steps as (
    select
        *,
        coalesce(
            sum(customers) over (
                partition by as_of, measure order by value rows between unbounded preceding and 1 preceding
            ),
            0
        ) as before,
        nullif(cast(sum(customers) over (partition by as_of, measure) - 1 as double), 0) as others
    from counted
),

opened as (
    select as_of, before, others, value, last_value
    from steps
    where
        last_value > value
        and floor(5 * (before / others)) < floor(5 * ((before + customers - 1) / others))
),

ranked as (
    select as_of, measure, value, before, others
    from steps
    union all
    select
        as_of,
        'sales' as measure,
        value,
        before + coalesce(
            sum(customers) over (
                partition by as_of, before order by value rows between unbounded preceding and 1 preceding
            ),
            0
        ) as before,
        others
    from (
        select opened.as_of, opened.before, opened.others, totals.net_sales as value, count(*) as customers
        from staging.rfm_totals as totals
        inner join opened
            on opened.as_of = totals.as_of
            and totals.net_sales >= opened.value
            and totals.net_sales <= opened.last_value
        group by opened.as_of, opened.before, opened.others, totals.net_sales
    ) as single
)

select
    as_of,
    max(case when measure = 'days' and score >= 2 then -value end) as days_2,
    max(case when measure = 'days' and score >= 3 then -value end) as days_3,
    max(case when measure = 'days' and score >= 4 then -value end) as days_4,
    max(case when measure = 'days' and score >= 5 then -value end) as days_5,
    min(case when measure = 'orders' and score >= 2 then value end) as orders_2,
    min(case when measure = 'orders' and score >= 3 then value end) as orders_3,
    min(case when measure = 'orders' and score >= 4 then value end) as orders_4,
    min(case when measure = 'orders' and score >= 5 then value end) as orders_5,
    min(case when measure = 'sales' and score >= 2 then value end) as sales_2,
    min(case when measure = 'sales' and score >= 3 then value end) as sales_3,
    min(case when measure = 'sales' and score >= 4 then value end) as sales_4,
    min(case when measure = 'sales' and score >= 5 then value end) as sales_5
from (
    select
        as_of,
        measure,
        value,
        -- (rank - 1) / (n - 1), the percent_rank of everybody with this value
        least(5, 1 + floor(5 * (before / others))) as score
    from ranked
) as scored
group by as_of
