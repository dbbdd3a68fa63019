-- grain: cohort month x months since, up to the last observed month; months without activity are rows with zero
-- sort: cohort_month, month_number
-- cohort_month DATE: month of the first purchase
-- month_number INTEGER: 0 is the cohort month itself
-- customers INTEGER: size of the cohort
-- active_customers INTEGER: of these, with a purchase in the month
-- net_sales DECIMAL(16,2): what the cohort brought in the month
-- is_complete BOOLEAN: the month was observed to its last day
select
    cohort.cohort_month,
    cast(months.month_index - cohort.month_index as integer) as month_number,
    cohort.customers,
    cast(coalesce(activity.active_customers, 0) as integer) as active_customers,
    cast(coalesce(activity.net_sales, 0) as decimal(16, 2)) as net_sales,
    months.month_end <= observation.observed_until as is_complete
from (
    select customers.cohort_month, own.month_index, cast(count(*) as integer) as customers
    from marts.customers as customers
    inner join staging.months as own on own.month = customers.cohort_month
    group by customers.cohort_month, own.month_index
) as cohort
inner join staging.months as months on months.month_index >= cohort.month_index
cross join staging.observation as observation
left join (
    select
        cohort_month,
        month,
        count(distinct case when orders > 0 then customer_key end) as active_customers,
        sum(net_sales) as net_sales
    from marts.customer_months
    group by cohort_month, month
) as activity on activity.cohort_month = cohort.cohort_month and activity.month = months.month
