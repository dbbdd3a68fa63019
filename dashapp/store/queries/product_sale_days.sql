-- question: On which days was each product sold?
-- filters: none
-- columns: product_key UINTEGER, day DATE
select product_key, order_date as day
from marts.product_sales
where pieces_sold > 0
order by product_key, day
