-- label: CLV to cost
-- unit: ratio
-- better: up
-- definition: Margin of the customers won in the period, what they have brought and what is predicted from now on, against the marketing spend of the period. Margin is by product costs where they were loaded, else the share set for the shop. Not at equal age: channels are compared at equal age on the card of channels. Country and segment filters do not apply.
-- formula: (margin so far + residual CLV as margin) of new customers / spend
-- customers: new
-- filters: period channel
-- requires: orders spend value
with spent as (
    select cast(sum(spend) as double) as spend
    from (select spend_date as order_date, channel, spend from marts.marketing_spend) s
    where {where}
), won as (
    select
        case when max(m.has_costs and m.gross_margin = 1)
            then sum(c.clv) * sum(cast(c.gross_margin as double)) / nullif(sum(cast(c.net_sales as double)), 0)
                + sum(cast(c.gross_margin as double))
            else sum(c.clv + cast(c.net_sales as double) * m.gross_margin)
        end as worth,
        count(*) as customers
    from (select distinct customer_key from marts.customer_days where {where} and customer_type = 'new') d
    join marts.customers c using (customer_key)
    cross join meta.snapshot m
)
select
    worth / nullif(spend, 0) as value,
    null as low,
    null as high,
    cast(customers as bigint) as n
from spent
cross join won
