-- grain: one row per customer with a categorised sale on the first purchase day: the category that brought most of it
-- mends: customer_key
select customer_key, category
from (
    select
        line.customer_key,
        line.category,
        row_number() over (
            partition by line.customer_key order by sum(line.amount) desc, line.category asc
        ) as place
    from staging.order_lines as line
    inner join staging.rfm as rfm on rfm.customer_key = line.customer_key and rfm.first_order_date = line.order_date
    where line.kind = 'sale' and line.category is not null
    group by line.customer_key, line.category
) as ranked
where place = 1
