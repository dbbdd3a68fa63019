-- grain: identified customer x day with a line: what the day came to, over all orders of it
-- mends: order_date
-- Straight from the lines: who bought when does not wait for orders and their words.
select
    customer_key,
    order_date,
    cast(sum(amount) as decimal(16, 2)) as net_sales,
    bool_or(kind = 'sale') as is_purchase
from staging.order_lines
where customer_key is not null
group by customer_key, order_date
