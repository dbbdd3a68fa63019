-- question: What do customers spend on the day of their first purchase?
-- filters: country channel cohort category product
-- where: d
-- columns: customers BIGINT, mean DOUBLE
select
    count(*) as customers,
    avg(cast(d.net_sales as double)) as mean
from marts.customer_days as d
where {where} and d.customer_type = 'new'
