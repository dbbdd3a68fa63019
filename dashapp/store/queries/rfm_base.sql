-- question: What did each customer buy, as the models see it? Every customer counts, not only those of the period.
-- filters: base
-- columns: customer_key UINTEGER, frequency INTEGER, recency_days INTEGER, T_days INTEGER, monetary_value DOUBLE
select customer_key, frequency, recency_days, T_days, monetary_value
from marts.customers
where {where}
order by customer_key
