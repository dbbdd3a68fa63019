-- question: Which of these ids are products, and what are they called?
-- filters: none
-- columns: product_id VARCHAR, product_name VARCHAR
select product_id, product_name
from marts.products
where list_contains($ids, product_id)
