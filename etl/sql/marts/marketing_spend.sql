-- grain: day x channel
-- sort: spend_date, channel
-- mends: all
-- spend_date DATE: day
-- channel VARCHAR: as in orders
-- spend DECIMAL(16,2): money spent
select
    spend_date,
    coalesce(channel, 'Unknown') as channel,
    cast(sum(spend) as decimal(16, 2)) as spend
from raw.marketing_spend
group by spend_date, coalesce(channel, 'Unknown')
