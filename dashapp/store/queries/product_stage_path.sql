-- question: In which stage was one product known to be at the end of each quarter?
-- filters: none
-- columns: quarter DATE, month DATE, stage VARCHAR
-- month: first day of the last whole month that was known.
select quarter, month, stage
from marts.product_transitions
where product_key = $product_key
order by quarter
