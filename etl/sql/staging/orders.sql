-- grain: order x customer x day; an order id used by two customers or on two days is two orders (and is flagged)
-- mends: order_date
-- Money in and money back by sign, over every kind of line, so that net = gross - returns always holds.
select
    order_id,
    customer_key,
    order_date,
    min(ordered_at) as ordered_at,
    country,
    channel,
    cast(count(*) as integer) as lines,
    cast(sum(case when kind in ('sale', 'return') then quantity else 0 end) as double) as units,
    cast(sum(case when amount > 0 then amount else 0 end) as decimal(16, 2)) as gross_sales,
    cast(sum(case when amount > 0 then amount else 0 end) - sum(amount) as decimal(16, 2)) as returns,
    cast(sum(amount) as decimal(16, 2)) as net_sales,
    cast(sum(margin) as decimal(16, 2)) as gross_margin,
    bool_or(kind = 'sale') as is_purchase,
    bool_or(kind = 'return') as has_return
from staging.order_lines
group by order_id, customer_key, order_date, country, channel
