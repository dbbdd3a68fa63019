-- label: Value of the base
-- unit: money
-- better: up
-- definition: Predicted residual value of all customers together within the horizon: what the present customers are worth before any new one is won.
-- formula: sum of residual CLV
-- customers: valued
-- filters: base
-- requires: value
-- The bounds hold for one set of customers: everybody, or exactly one segment, country or channel.
with chosen as (
    select
        sum(clv) as value,
        cast(count(clv) as bigint) as n,
        min(segment) as first_segment, max(segment) as last_segment,
        min(country) as first_country, max(country) as last_country,
        min(channel) as first_channel, max(channel) as last_channel
    from marts.customers
    where {where}
)
select
    any_value(c.value) as value,
    any_value(t.low) as low,
    any_value(t.high) as high,
    any_value(c.n) as n
from chosen as c
left join marts.clv_totals as t
    on t.customers = c.n and (
        t.kind = 'all'
        or (t.kind = 'segment' and t.name = c.first_segment and t.name = c.last_segment)
        or (t.kind = 'country' and t.name = c.first_country and t.name = c.last_country)
        or (t.kind = 'channel' and t.name = c.first_channel and t.name = c.last_channel)
    )
