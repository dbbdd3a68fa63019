-- question: How many customers meet the filters, what have they brought so far, what are they predicted to bring?
-- filters: base
-- columns: customers BIGINT, net_sales DECIMAL(18,2), clv DOUBLE, value_at_risk DOUBLE
select
    cast(count(*) as bigint) as customers,
    cast(sum(net_sales) as decimal(18, 2)) as net_sales,
    sum(clv) as clv,
    sum(value_at_risk) as value_at_risk
from marts.customers
where {where}
