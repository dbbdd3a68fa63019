-- question: Which products contain the searched words in id or name, what begins with them first?
-- filters: none
-- columns: product_id VARCHAR, product_name VARCHAR
select product_id, product_name
from marts.products
where product_id ilike $words escape '\' or product_name ilike $words escape '\'
order by not (starts_with(lower(product_id), $start) or starts_with(lower(product_name), $start)), product_id
limit $limit
