-- question: Which countries and channels can be chosen in the filter bar, most customers first?
-- columns: field VARCHAR, value VARCHAR, customers BIGINT
select field, value, customers
from (
    select 'country' as field, country as value, count(*) as customers from marts.customers group by country
    union all
    select 'channel' as field, channel as value, count(*) as customers from marts.customers group by channel
)
order by field, customers desc, value
