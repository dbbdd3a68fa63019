-- question: What is each customer under the filters predicted to be worth, and in which segment?
-- filters: base
-- columns: customer_key UINTEGER, segment VARCHAR, clv DOUBLE
select customer_key, segment, clv
from marts.customers
where {where}
order by customer_key
