-- question: Of customers who first bought in the period, how many bought in each later complete month?
-- filters: period
-- columns: month_number INTEGER, customers BIGINT, active_customers BIGINT
with cohorts as (
    select cohort_month as order_date, month_number, customers, active_customers, is_complete
    from marts.cohorts
)
select
    cast(month_number as integer) as month_number,
    cast(sum(customers) as bigint) as customers,
    cast(sum(active_customers) as bigint) as active_customers
from cohorts
where {where} and is_complete and month_number between 1 and 60
group by month_number
having sum(customers) > 0
order by month_number
