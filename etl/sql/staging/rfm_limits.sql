-- grain: one row per day of staging.segment_dates: where scores 2 to 5 begin; null where nobody has the score
-- A score is the fifth of all customers of the day that a value lies in. Equal values have equal ranks (percent_rank
-- rather than ntile, which would split the many equal one-time buyers at random), so ranking the distinct values with
-- their counts gives the same limits as ranking every customer.
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
        least(5, 1 + floor(5 * (coalesce(before, 0) / nullif(cast(everybody - 1 as double), 0)))) as score
    from (
        select
            as_of,
            measure,
            value,
            sum(customers) over (
                partition by as_of, measure order by value rows between unbounded preceding and 1 preceding
            ) as before,
            sum(customers) over (partition by as_of, measure) as everybody
        from (
            select as_of, 'days' as measure, cast(-days_since_last_order as decimal(16, 2)) as value, count(*) as customers
            from staging.rfm_totals
            group by as_of, days_since_last_order
            union all
            select as_of, 'orders' as measure, cast(orders as decimal(16, 2)) as value, count(*) as customers
            from staging.rfm_totals
            group by as_of, orders
            union all
            select as_of, 'sales' as measure, net_sales as value, count(*) as customers
            from staging.rfm_totals
            group by as_of, net_sales
        ) as counted
    ) as ranked
) as scored
group by as_of
