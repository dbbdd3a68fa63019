-- question: On which days was each product sold?
-- filters: none
-- columns: product_key UINTEGER, day DATE
select distinct product_key, order_date as day
from marts.order_lines
where kind = 'sale' and product_key is not null
order by product_key, day
