-- grain: customer with a purchase x month x age at which the first one lies behind: what the rows of it add
-- mends: customer_key
-- step: the age in days by which it counts, of 0, 90, 180 and 365; age_months: in calendar months, up to 24.
-- Per customer what came before each row, in the order of days: what a row adds to the sum of squares is the square after
-- it less the square before it, and what rows of one age add is the sum of what each of them does.
with walked as (
    select
        bought.customer_key,
        origin.channel,
        cast(date_trunc('month', rfm.first_order_date) as date) as cohort_month,
        cast(date_trunc('month', bought.order_date) as date) as month,
        greatest(date_diff('day', rfm.first_order_date, bought.order_date), 0) as age_days,
        greatest(
            date_diff('month', cast(date_trunc('month', rfm.first_order_date) as date), bought.order_date), 0
        ) as age_months,
        bought.net_sales,
        bought.gross_margin,
        cast(sum(bought.net_sales) over walk as decimal(18, 2)) as net_sales_by,
        cast(sum(bought.gross_margin) over walk as decimal(18, 2)) as gross_margin_by
    from staging.customer_days as bought
    inner join staging.rfm as rfm on rfm.customer_key = bought.customer_key
    inner join staging.first_orders as origin on origin.customer_key = bought.customer_key
    window walk as (partition by bought.customer_key order by bought.order_date rows unbounded preceding)
)

select
    customer_key,
    channel,
    cohort_month,
    month,
    cast(case when age_days = 0 then 0 when age_days < 90 then 90 when age_days < 180 then 180 when age_days < 365 then 365
        end as integer) as step,
    case when age_months <= 24 then cast(age_months as integer) end as age_months,
    sum(net_sales) as net_sales,
    sum(net_sales * (net_sales_by + net_sales_by - net_sales)) as net_sales_squares,
    sum(gross_margin) as gross_margin,
    sum(gross_margin * (gross_margin_by + gross_margin_by - gross_margin)) as gross_margin_squares
from walked
group by all
