-- grain: day of staging.segment_dates x customer with a purchase by then: what the scores are given on
-- mends: as_of
select
    known.customer_key,
    dates.as_of,
    cast(date_diff('day', known.last_order_date, dates.as_of) as integer) as days_since_last_order,
    cast(known.orders as integer) as orders,
    cast(known.net_sales as decimal(16, 2)) as net_sales
from staging.customer_running as known
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
