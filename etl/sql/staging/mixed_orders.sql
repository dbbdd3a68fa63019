-- grain: order x customer x day whose lines differ in country or channel, or say it only in part: what holds for the whole
-- Few orders do. Looking them up is cheaper than a window over every line.
select
    order_id,
    customer_id,
    cast(ordered_at as date) as order_date,
    min(country) as country,
    min(channel) as channel
from raw.order_lines
group by order_id, customer_id, cast(ordered_at as date)
having
    min(country) <> max(country) or count(country) between 1 and count(*) - 1
    or min(channel) <> max(channel) or count(channel) between 1 and count(*) - 1
