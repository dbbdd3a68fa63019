-- label: CLV to cost
-- unit: ratio
-- better: up
-- definition: Total value of the customers won in the period (sales so far times the margin setting, plus predicted residual value) against the marketing spend of the period. Country and segment filters do not apply.
-- formula: (margin x net sales + residual CLV) of new customers / spend
-- customers: new
-- filters: period channel
-- requires: orders spend value
with spent as (
    select cast(sum(spend) as double) as spend
    from (select spend_date as order_date, channel, spend from marts.marketing_spend) s
    where {where}
), won as (
    select
        sum(c.clv + cast(c.net_sales as double) * m.gross_margin) as worth,
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
