-- grain: one row; the days the data knows: first and last day with a sale, or that summaries of customers speak of
select
    cast(min(first_day) as date) as observed_from,
    cast(max(last_day) as date) as observed_until
from (
    select min(order_date) as first_day, max(order_date) as last_day
    from staging.order_lines
    where kind = 'sale'
    union all
    select min(first_order_date) as first_day, max(observed_until) as last_day
    from staging.customer_summaries
) as known
