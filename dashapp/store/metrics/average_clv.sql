-- label: Average predicted CLV
-- unit: money
-- better: up
-- definition: Mean residual value: what a customer is predicted to bring within the horizon from the last day of the data, discounted, times the margin setting. Past sales are not in it. All customers count, whenever they bought.
-- formula: sum of residual CLV / customers
-- customers: valued
-- filters: base
-- requires: value
-- The bounds hold for one set of customers: everybody, or exactly one segment, country or channel.
with chosen as (
    select
        avg(clv) as value,
        cast(count(clv) as bigint) as n,
        min(segment) as first_segment, max(segment) as last_segment,
        min(country) as first_country, max(country) as last_country,
        min(channel) as first_channel, max(channel) as last_channel
    from marts.customers
    where {where}
)
select
    any_value(c.value) as value,
    any_value(t.low / t.customers) as low,
    any_value(t.high / t.customers) as high,
    any_value(c.n) as n
from chosen as c
left join marts.clv_totals as t
    on t.customers = c.n and (
        t.kind = 'all'
        or (t.kind = 'segment' and t.name = c.first_segment and t.name = c.last_segment)
        or (t.kind = 'country' and t.name = c.first_country and t.name = c.last_country)
        or (t.kind = 'channel' and t.name = c.first_channel and t.name = c.last_channel)
    )
