-- question: From which channel and country did each customer first buy?
-- filters: none
-- columns: customer_key UINTEGER, channel VARCHAR, country VARCHAR
select
    customer_key,
    coalesce(channel, 'Unknown') as channel,
    coalesce(country, 'Unknown') as country
from marts.customers
order by customer_key
