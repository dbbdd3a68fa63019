-- grain: one row per product code in the lines: the description most often used, the lexically first of equals
select product_id, product_name
from (
    select
        product_id,
        product_name,
        row_number() over (partition by product_id order by count(*) desc, product_name asc) as place
    from raw.order_lines
    where product_id is not null and product_name is not null
    group by product_id, product_name
) as ranked
where place = 1
