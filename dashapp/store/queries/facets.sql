-- question: Which countries and channels are there, and how many customers has each?
-- filters:
-- columns: dimension VARCHAR, name VARCHAR, customers BIGINT
select 'country' as dimension, country as name, cast(count(distinct customer_key) as bigint) as customers
from marts.customer_days
group by country
union all
select 'channel' as dimension, channel as name, cast(count(distinct customer_key) as bigint) as customers
from marts.customer_days
group by channel
order by dimension, customers desc, name
