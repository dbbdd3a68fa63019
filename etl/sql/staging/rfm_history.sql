-- grain: day of staging.segment_dates x customer with a purchase by then: quintile scores among them, 5 is best
-- percent_rank rather than ntile: ntile would split the many equal one-time buyers at random.
select
    customer_key,
    as_of,
    days_since_last_order,
    cast(least(5, 1 + floor(5 * recent)) as tinyint) as r_score,
    cast(least(5, 1 + floor(5 * frequent)) as tinyint) as f_score,
    cast(least(5, 1 + floor(5 * valuable)) as tinyint) as m_score,
    -- Frequency and money in one score, halves rounded up.
    cast(floor((least(5, 1 + floor(5 * frequent)) + least(5, 1 + floor(5 * valuable)) + 1) / 2.0) as tinyint)
        as fm_score
from (
    select
        customer_key,
        as_of,
        days_since_last_order,
        percent_rank() over (partition by as_of order by days_since_last_order desc) as recent,
        percent_rank() over (partition by as_of order by order_count asc) as frequent,
        percent_rank() over (partition by as_of order by net_sales asc) as valuable
    from (
        select
            known.customer_key,
            dates.as_of,
            date_diff('day', max(known.last_order_date), dates.as_of) as days_since_last_order,
            sum(known.orders) as order_count,
            sum(known.net_sales) as net_sales
        from staging.segment_dates as dates
        inner join (
            select
                customer_key,
                cast(date_trunc('month', order_date) as date) as month,
                max(case when is_purchase then order_date end) as last_order_date,
                sum(orders) as orders,
                sum(net_sales) as net_sales
            from staging.customer_days
            where customer_key is not null
            group by customer_key, cast(date_trunc('month', order_date) as date)
        ) as known on known.month <= dates.until_month
        group by known.customer_key, dates.as_of
    ) as totals
    where days_since_last_order is not null
) as ranks
