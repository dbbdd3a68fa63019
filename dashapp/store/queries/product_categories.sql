-- question: Which categories are there, with how many products?
-- filters: none
-- columns: category VARCHAR, products BIGINT
select category, count(*) as products
from marts.products
group by category
order by category
