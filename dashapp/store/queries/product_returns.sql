-- question: How much of one product came back, month by month?
-- grain: a month
-- filters: none
-- columns: month DATE, is_whole BOOLEAN, units_sold DOUBLE, units_returned DOUBLE, refunded DECIMAL(38,2), product_id VARCHAR
-- By the month in which it came back. refunded: money given back for it, positive.
select
    cast(date_trunc('month', order_date) as date) as month,
    last_day(date_trunc('month', order_date)) <= $observed_until
    and date_trunc('month', order_date) >= $observed_from as is_whole,
    cast(sum(case when kind = 'sale' then quantity else 0 end) as double) as units_sold,
    cast(-sum(case when kind = 'return' then quantity else 0 end) as double) as units_returned,
    cast(-sum(case when kind = 'return' then amount else 0 end) as decimal(38, 2)) as refunded,
    (select product_id from marts.products where product_key = $product_key) as product_id
from marts.order_lines
where product_key = $product_key
group by 1, 2
order by 1
