-- grain: one row; the days the data knows: first and last day with a sale
select
    cast(min(order_date) as date) as observed_from,
    cast(max(order_date) as date) as observed_until
from staging.order_lines
where kind = 'sale'
