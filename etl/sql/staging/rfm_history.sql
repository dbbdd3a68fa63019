-- grain: day of staging.segment_dates x customer with a purchase by then: quintile scores among them, 5 is best
-- kept: no
-- fm_score: frequency and money in one, halves rounded up.
select
    customer_key,
    as_of,
    days_since_last_order,
    r_score,
    f_score,
    m_score,
    cast(floor((f_score + m_score + 1) / 2.0) as tinyint) as fm_score
from (
    select
        totals.customer_key,
        totals.as_of,
        totals.days_since_last_order,
        cast(case
            when totals.days_since_last_order <= limits.days_5 then 5
            when totals.days_since_last_order <= limits.days_4 then 4
            when totals.days_since_last_order <= limits.days_3 then 3
            when totals.days_since_last_order <= limits.days_2 then 2
            else 1
        end as tinyint) as r_score,
        cast(case
            when totals.orders >= limits.orders_5 then 5
            when totals.orders >= limits.orders_4 then 4
            when totals.orders >= limits.orders_3 then 3
            when totals.orders >= limits.orders_2 then 2
            else 1
        end as tinyint) as f_score,
        cast(case
            when totals.net_sales >= limits.sales_5 then 5
            when totals.net_sales >= limits.sales_4 then 4
            when totals.net_sales >= limits.sales_3 then 3
            when totals.net_sales >= limits.sales_2 then 2
            else 1
        end as tinyint) as m_score
    from staging.rfm_totals as totals
    inner join staging.rfm_limits as limits on limits.as_of = totals.as_of
) as scored
