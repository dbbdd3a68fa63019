-- grain: one row per customer with a categorised sale: the category that brought most net sales
-- mends: customer_key
select customer_key, category
from (
    select
        line.customer_key,
        product.category,
        row_number() over (partition by line.customer_key order by sum(line.amount) desc, product.category asc) as place
    from staging.order_lines as line
    inner join staging.products as product on product.product_key = line.product_key
    where line.customer_key is not null and product.category is not null
    group by line.customer_key, product.category
) as ranked
where place = 1
