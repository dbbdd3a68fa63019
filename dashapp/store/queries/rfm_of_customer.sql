-- question: What did this one customer buy, as the models see it?
-- filters: none
-- columns: customer_key UINTEGER, frequency INTEGER, recency_days INTEGER, T_days INTEGER, monetary_value DOUBLE
select customer_key, frequency, recency_days, T_days, monetary_value
from marts.customers
where customer_key = $customer_key
