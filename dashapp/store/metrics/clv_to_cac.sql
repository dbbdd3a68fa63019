-- label: CLV to cost
-- unit: ratio
-- better: up
-- definition: Margin of the customers won in the period, what they have brought and what is predicted from now on, against the marketing spend of the period. Margin is by product costs where they were loaded, else the share set for the shop. Not at equal age: channels are compared at equal age on the card of channels. Country and segment filters do not apply.
-- formula: (margin so far + predicted CLV as margin) of new customers / spend
-- customers: new
-- filters: period channel
-- cube: period
-- requires: orders spend value
with spent as (
    select cast(sum(spend) as double) as spend
    from (select spend_date as order_date, channel, spend from marts.marketing_spend) s
    where {where}
), won as (
    -- Without a channel their own days of the first purchase tell who is new; a channel is told by the days.
    select clv, net_sales, gross_margin
    from marts.customers
    where {in_cube} and first_order_date between $period_start and $period_end
    union all
    select c.clv, c.net_sales, c.gross_margin
    from (
        select distinct customer_key from marts.customer_days where not {in_cube} and {where} and customer_type = 'new'
    ) d
    join marts.customers c using (customer_key)
), summed as (
    select
        sum(clv) as clv,
        cast(sum(net_sales) as double) as net_sales,
        cast(sum(net_sales) filter (clv is not null) as double) as valued_sales,
        cast(sum(gross_margin) as double) as gross_margin,
        count(*) as customers
    from won
)
select
    case when m.has_costs and m.gross_margin = 1 then s.clv * s.gross_margin / nullif(s.net_sales, 0) + s.gross_margin
        else s.clv + s.valued_sales * m.gross_margin
    end / nullif(spend, 0) as value,
    null as low,
    null as high,
    cast(s.customers as bigint) as n
from spent
cross join summed s
cross join meta.snapshot m
