-- grain: one row per customer with a categorised sale: the category that brought most net sales
-- mends: customer_key
select customer_key, category
from (
    select
        customer_key,
        category,
        row_number() over (partition by customer_key order by sum(amount) desc, category asc) as place
    from staging.order_lines
    where customer_key is not null and category is not null
    group by customer_key, category
) as ranked
where place = 1
