-- grain: country x channel x month of the first purchase
-- sort: cohort_month, country, channel
-- mends: all
-- country VARCHAR: of the first purchase
-- channel VARCHAR: of the first purchase
-- cohort_month DATE: first day of the month of the first purchase
-- customers INTEGER: who first bought there and then
select
    country,
    channel,
    cohort_month,
    cast(count(*) as integer) as customers
from marts.customers
group by country, channel, cohort_month
