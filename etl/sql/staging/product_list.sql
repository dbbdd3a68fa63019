-- grain: one row per product of the product list; the lexically first value where the list repeats a product
select
    product_id,
    min(product_name) as product_name,
    min(category) as category,
    min(unit_price) as unit_price,
    min(unit_cost) as unit_cost
from raw.products
where product_id is not null
group by product_id
