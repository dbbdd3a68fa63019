-- question: What did the customers of each quarter of first purchase bring in each month?
-- grain: a month and a quarter of first purchase
-- filters: base
-- where: m
-- columns: month DATE, cohort_quarter DATE, customers BIGINT, value DECIMAL(18,2)
select
    m.month,
    cast(date_trunc('quarter', m.cohort_month) as date) as cohort_quarter,
    count(distinct m.customer_key) as customers,
    cast(sum(m.{value}) as decimal(18, 2)) as value
from (
    select customer_months.*, c.segment
    from marts.customer_months
    join marts.customers c using (customer_key)
) m
where {where}
group by all
order by m.month, cohort_quarter
