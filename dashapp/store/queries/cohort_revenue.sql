-- question: What did the customers of each quarter of first purchase bring in each month?
-- grain: a month and a quarter of first purchase
-- filters: base
-- cube: none
-- where: m
-- columns: month DATE, cohort_quarter DATE, customers BIGINT, value DECIMAL(18,2)
select
    month,
    cast(date_trunc('quarter', cohort_month) as date) as cohort_quarter,
    cast(sum(customers) as bigint) as customers,
    cast(sum(value) as decimal(18, 2)) as value
from (
    select month, cohort_month, customers, {value} as value
    from marts.cohort_months
    where {in_cube}
    union all
    select m.month, m.cohort_month, count(distinct m.customer_key) as customers, sum(m.{value}) as value
    from (
        select customer_months.*, c.segment
        from marts.customer_months
        join marts.customers c using (customer_key)
    ) m
    where not {in_cube} and {where}
    group by m.month, m.cohort_month
) brought
group by all
order by month, cohort_quarter
