-- title: A product code has one description
-- dimension: consistency
-- severity: info
-- table: staging.products
-- help: The description most often used is shown. Different goods under one code would be counted as one product.
select product_id, count(distinct product_name) as descriptions
from raw.order_lines
where product_id is not null and product_name is not null
group by product_id
having count(distinct product_name) > 1
