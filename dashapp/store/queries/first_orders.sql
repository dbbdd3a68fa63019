-- question: What do customers spend on the day of their first purchase?
-- filters: country channel cohort category product
-- kept: {}
-- where: d
-- columns: customers BIGINT, mean DOUBLE
-- a day is split by country and channel of its orders, so it is added up per customer first
with first_days as (
    select d.customer_key, sum(cast(d.net_sales as double)) as spent
    from marts.customer_days as d
    where {where} and d.customer_type = 'new'
    group by d.customer_key
)
select
    count(*) as customers,
    avg(spent) as mean
from first_days
