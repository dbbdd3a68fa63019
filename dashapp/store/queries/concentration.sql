-- question: Which share of the period's sales do its best buyers hold, and of predicted value the best customers?
-- grain: a hundredth of the customers
-- filters: all
-- kept: {}
-- columns: customer_share DOUBLE, sales_share DOUBLE, clv_share DOUBLE, buyers BIGINT, customers BIGINT
-- Sales are those of the period's buyers; predicted value is that of the whole base.
with buyers as (
    select cast(sum({value}) as double) as value
    from marts.customer_days
    where {where} and customer_key is not null
    group by customer_key
    having sum({value}) > 0
), base as (
    select clv
    from (select *, $period_start as order_date from marts.customers) c
    where {where} and clv is not null
), sizes as (
    select (select count(*) from buyers) as buyers, (select count(*) from base) as customers
), sales_steps as (
    -- The k-th best of n is among the best p in a hundred from the first p on for which k <= p * n / 100, rounded up.
    select ((row_number() over (order by value desc) - 1) * 100) // (select buyers from sizes) + 1 as p, value
    from buyers
), clv_steps as (
    select ((row_number() over (order by clv desc) - 1) * 100) // (select customers from sizes) + 1 as p, clv as value
    from base
), steps as (
    select unnest(generate_series(1, 100)) as p
), sales_shares as (
    select steps.p, sum(sum(s.value)) over (order by steps.p) / sum(sum(s.value)) over () as share
    from steps
    left join sales_steps s on s.p = steps.p
    group by steps.p
), clv_shares as (
    select steps.p, sum(sum(c.value)) over (order by steps.p) / nullif(sum(sum(c.value)) over (), 0) as share
    from steps
    left join clv_steps c on c.p = steps.p
    group by steps.p
)
select
    s.p / 100.0::double as customer_share,
    s.share as sales_share,
    c.share as clv_share,
    cast(sizes.buyers as bigint) as buyers,
    cast(nullif(sizes.customers, 0) as bigint) as customers
from sales_shares s
join clv_shares c using (p)
cross join sizes
where sizes.buyers > 0
order by s.p
