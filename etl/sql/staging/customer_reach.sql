-- grain: customer with a purchase x month with a line: what the month came to, and all margin up to it
-- mends: customer_key
with each as (
    select
        customer_key,
        cohort_month,
        month,
        sum(orders) as orders,
        sum(gross_sales) as gross_sales,
        sum(net_sales) as net_sales,
        sum(gross_margin) as gross_margin,
        sum(margin) as margin
    from marts.customer_months
    group by customer_key, cohort_month, month
),

walked as (
    select
        *,
        cast(sum(margin) over walk as decimal(18, 4)) as reached,
        cast(sum(margin) over walk - margin as decimal(18, 4)) as reached_before,
        sum(case when orders > 0 and month > cohort_month then 1 else 0 end) over walk as months_back
    from each
    window walk as (partition by customer_key order by month rows unbounded preceding)
)

select
    walked.*,
    origin.country,
    origin.channel
from walked
inner join staging.first_orders as origin on origin.customer_key = walked.customer_key
