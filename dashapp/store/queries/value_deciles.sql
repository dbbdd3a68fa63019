-- question: What does each tenth of the customers hold, the most valuable by prediction first?
-- grain: a tenth of the customers
-- filters: base
-- kept: {}
-- columns: decile INTEGER, customers BIGINT, clv DOUBLE, clv_from DOUBLE, clv_to DOUBLE, p_active DOUBLE, net_sales DECIMAL(18,2), orders BIGINT
with ranked as (
    select clv, p_active, net_sales, order_count, ntile(10) over (order by clv desc, customer_key) as decile
    from marts.customers
    where {where} and clv is not null
)
select
    cast(decile as integer) as decile,
    cast(count(*) as bigint) as customers,
    sum(clv) as clv,
    min(clv) as clv_from,
    max(clv) as clv_to,
    avg(p_active) as p_active,
    cast(sum(net_sales) as decimal(18, 2)) as net_sales,
    cast(sum(order_count) as bigint) as orders
from ranked
group by decile
order by decile
