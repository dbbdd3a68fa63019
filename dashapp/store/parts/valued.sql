-- What these customers are predicted to bring together (total, of n), with the bounds that were drawn for such a set:
-- they hold for everybody, or for exactly one segment, country or channel; for other sets low and high are null.
(
    select
        any_value(c.total) as total,
        any_value(t.low) as low,
        any_value(t.high) as high,
        any_value(c.n) as n
    from (
        select
            sum(clv) as total,
            cast(count(clv) as bigint) as n,
            min(segment) as first_segment, max(segment) as last_segment,
            min(country) as first_country, max(country) as last_country,
            min(channel) as first_channel, max(channel) as last_channel
        from marts.customers
        where {where}
    ) as c
    left join marts.clv_totals as t
        on t.customers = c.n and (
            t.kind = 'all'
            or (t.kind = 'segment' and t.name = c.first_segment and t.name = c.last_segment)
            or (t.kind = 'country' and t.name = c.first_country and t.name = c.last_country)
            or (t.kind = 'channel' and t.name = c.first_channel and t.name = c.last_channel)
        )
) as valued
