-- question: What did each product sell in each month, to how many buyers, how many of them for the first time?
-- filters: none
-- columns: product_key UINTEGER, month DATE, units DOUBLE, buyers INTEGER, new_buyers INTEGER
select product_key, month, units, buyers, new_buyers
from marts.product_months
order by product_key, month
