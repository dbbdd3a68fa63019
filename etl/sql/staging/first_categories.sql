-- grain: one row per customer with a categorised sale on the first purchase day: the category that brought most of it
-- mends: customer_key
select customer_key, category
from (
    select
        line.customer_key,
        product.category,
        row_number() over (
            partition by line.customer_key order by sum(line.amount) desc, product.category asc
        ) as place
    from staging.order_lines as line
    inner join staging.rfm as rfm on rfm.customer_key = line.customer_key and rfm.first_order_date = line.order_date
    inner join staging.products as product on product.product_key = line.product_key
    where line.kind = 'sale' and product.category is not null
    group by line.customer_key, product.category
) as ranked
where place = 1
