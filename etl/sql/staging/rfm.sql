-- grain: one row per customer with a purchase: the models' summary, in days
-- monetary_value: mean net value of the repeat purchase days, never below zero; zero without a repeat.
select
    days.customer_key,
    min(days.order_date) as first_order_date,
    max(days.order_date) as last_order_date,
    cast(count(*) as integer) as purchase_days,
    cast(count(*) - 1 as integer) as frequency,
    cast(date_diff('day', min(days.order_date), max(days.order_date)) as integer) as recency_days,
    cast(date_diff('day', min(days.order_date), observation.observed_until) as integer) as T_days,
    cast(date_diff('day', max(days.order_date), observation.observed_until) as integer) as days_since_last_order,
    greatest(
        0.0,
        coalesce(
            cast(sum(case when days.purchase_number > 1 then days.net_sales end) as double)
            / nullif(cast(count(*) - 1 as double), 0),
            0.0
        )
    ) as monetary_value,
    max_by(days.gap_days, days.purchase_number) as last_gap_days
from staging.purchase_days as days
cross join staging.observation as observation
group by days.customer_key, observation.observed_until
union all
select
    customer_key,
    first_order_date,
    last_order_date,
    frequency + 1 as purchase_days,
    frequency,
    recency_days,
    T_days,
    T_days - recency_days as days_since_last_order,
    monetary_value,
    null as last_gap_days
from staging.customer_summaries
