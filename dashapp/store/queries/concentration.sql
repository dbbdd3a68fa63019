-- question: Which share of the period's sales do its best buyers hold, and of predicted value the best customers?
-- grain: a hundredth of the customers
-- filters: all
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
), by_sales as (
    select
        row_number() over w as place,
        count(*) over () as n,
        sum(value) over w / sum(value) over () as share
    from buyers
    window w as (order by value desc rows unbounded preceding)
), by_clv as (
    select
        row_number() over w as place,
        count(*) over () as n,
        sum(clv) over w / nullif(sum(clv) over (), 0) as share
    from base
    window w as (order by clv desc rows unbounded preceding)
), sales_steps as (
    select p, max(share) as share, any_value(n) as n
    from by_sales
    join (select unnest(generate_series(1, 100)) as p) g on place = cast(ceil(p * n / 100.0) as bigint)
    group by p
), clv_steps as (
    select p, max(share) as share, any_value(n) as n
    from by_clv
    join (select unnest(generate_series(1, 100)) as p) g on place = cast(ceil(p * n / 100.0) as bigint)
    group by p
)
select
    p / 100.0::double as customer_share,
    s.share as sales_share,
    c.share as clv_share,
    cast(s.n as bigint) as buyers,
    cast(c.n as bigint) as customers
from sales_steps s
left join clv_steps c using (p)
order by p
