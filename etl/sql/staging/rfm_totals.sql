-- grain: day of staging.segment_dates x customer with a purchase by then: what the scores are given on
-- mends: as_of
-- A customer's totals change in months with orders only; each stands until the next such month.
select
    known.customer_key,
    dates.as_of,
    cast(date_diff('day', known.last_order_date, dates.as_of) as integer) as days_since_last_order,
    cast(known.orders as integer) as orders,
    cast(known.net_sales as decimal(16, 2)) as net_sales
from (
    select
        customer_key,
        month,
        lead(month) over (partition by customer_key order by month) as next_month,
        max(last_order_date) over (partition by customer_key order by month rows unbounded preceding) as last_order_date,
        sum(orders) over (partition by customer_key order by month rows unbounded preceding) as orders,
        sum(net_sales) over (partition by customer_key order by month rows unbounded preceding) as net_sales
    from (
        select
            customer_key,
            cast(date_trunc('month', order_date) as date) as month,
            max(case when is_purchase then order_date end) as last_order_date,
            sum(orders) as orders,
            sum(net_sales) as net_sales
        from staging.customer_days
        where customer_key is not null
        group by customer_key, cast(date_trunc('month', order_date) as date)
    ) as months
) as known
inner join staging.segment_dates as dates
    on dates.until_month >= known.month
    and dates.until_month < coalesce(known.next_month, cast('9999-12-31' as date))
where known.last_order_date is not null
union all
select
    summary.customer_key,
    observation.observed_until as as_of,
    summary.T_days - summary.recency_days as days_since_last_order,
    summary.frequency + 1 as orders,
    summary.net_sales
from staging.customer_summaries as summary
cross join staging.observation as observation
