-- label: Cost per new customer
-- unit: money
-- better: down
-- definition: Marketing spend of the period divided by the customers whose first purchase lies in it. Country and segment filters do not apply.
-- formula: spend / new customers
-- customers: new
-- filters: period channel
-- requires: orders spend
with spent as (
    select sum(spend) as spend
    from (select spend_date as order_date, channel, spend from marts.marketing_spend) s
    where {where}
), won as (
    select count(distinct customer_key) as customers
    from marts.customer_days
    where {where} and customer_type = 'new'
)
select
    cast(spend as double) / nullif(customers, 0) as value,
    null as low,
    null as high,
    cast(customers as bigint) as n
from spent
cross join won
