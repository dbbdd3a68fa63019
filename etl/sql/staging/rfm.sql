-- grain: one row per customer with a purchase: the models' summary, in days
-- monetary_value: mean net value of the repeat purchase days, never below zero; zero without a repeat.
select
    bought.customer_key,
    bought.first_order_date,
    bought.last_order_date,
    bought.purchase_days,
    bought.purchase_days - 1 as frequency,
    cast(date_diff('day', bought.first_order_date, bought.last_order_date) as integer) as recency_days,
    cast(date_diff('day', bought.first_order_date, observation.observed_until) as integer) as T_days,
    cast(date_diff('day', bought.last_order_date, observation.observed_until) as integer) as days_since_last_order,
    greatest(
        0.0,
        coalesce(cast(bought.repeat_sales as double) / nullif(cast(bought.purchase_days - 1 as double), 0), 0.0)
    ) as monetary_value
from staging.bought as bought
cross join staging.observation as observation
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
    monetary_value
from staging.customer_summaries
