-- question: How many customers of the list are in each state and segment, with what past and predicted value?
-- where: c
-- filters: country channel cohort category product saved
-- tables: found(customer_key UINTEGER, place TINYINT)
-- columns: customer_state VARCHAR, segment VARCHAR, customers BIGINT, net_sales DECIMAL(18,2), clv DOUBLE, value_at_risk DOUBLE
-- Chosen states and segments are left to the caller: each is counted whether chosen or not.
select
    c.customer_state,
    c.segment,
    cast(count(*) as bigint) as customers,
    cast(sum(c.net_sales) as decimal(18, 2)) as net_sales,
    sum(c.clv) as clv,
    sum(c.value_at_risk) as value_at_risk
from marts.customers c
where {where}
    and (not $searching or c.customer_key in (select customer_key from found))
    and {limits}
group by c.customer_state, c.segment
order by c.customer_state, c.segment
