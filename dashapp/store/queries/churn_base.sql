-- question: Who is under the filters, in which segment and from which channel, and what did each buy as the models see it?
-- filters: base
-- columns: customer_key UINTEGER, segment VARCHAR, channel VARCHAR, frequency INTEGER, recency_days INTEGER, T_days INTEGER
select customer_key, segment, channel, frequency, recency_days, T_days
from marts.customers
where {where}
order by customer_key
