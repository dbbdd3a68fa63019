-- grain: channel of the first purchase x month of it x age: the first `age` days, or the calendar months 0 to `age`
-- sort: channel, cohort_month, unit, age
-- channel VARCHAR: of the first purchase
-- cohort_month DATE: first day of the month of the first purchase
-- unit VARCHAR: days or months
-- age INTEGER: days 0 (that of the first purchase), 90, 180, 365; months 0 to 24; also those nobody has reached yet
-- customers INTEGER: all of the cohort, whatever their age; no row without orders
-- net_sales DECIMAL(18,2): of all of them up to that age
-- net_sales_squares DOUBLE: sum over customers of the square of theirs
-- gross_margin DECIMAL(18,2): the same as margin; null without costs
-- gross_margin_squares DOUBLE: null without costs
with base as (
    select
        rfm.customer_key,
        rfm.first_order_date,
        origin.channel,
        cast(date_trunc('month', rfm.first_order_date) as date) as cohort_month
    from staging.rfm as rfm
    inner join staging.first_orders as origin on origin.customer_key = rfm.customer_key
    where exists (select 1 from staging.customer_days)
),

days as (
    select
        base.customer_key,
        greatest(date_diff('day', base.first_order_date, bought.order_date), 0) as age_days,
        greatest(date_diff('month', base.cohort_month, bought.order_date), 0) as age_months,
        bought.net_sales,
        bought.gross_margin
    from staging.customer_days as bought
    inner join base on base.customer_key = bought.customer_key
),

steps as (
    select
        customer_key,
        'days' as unit,
        case when age_days = 0 then 0 when age_days < 90 then 90 when age_days < 180 then 180 else 365 end as age,
        sum(net_sales) as net_sales,
        sum(gross_margin) as gross_margin
    from days
    where age_days < 365
    group by
        customer_key,
        case when age_days = 0 then 0 when age_days < 90 then 90 when age_days < 180 then 180 else 365 end
    union all
    select
        customer_key,
        'months' as unit,
        age_months as age,
        sum(net_sales) as net_sales,
        sum(gross_margin) as gross_margin
    from days
    where age_months <= 24
    group by customer_key, age_months
),

-- What a step adds to the sum of squares: the square after it less the square before it.
walked as (
    select
        steps.*,
        cast(sum(net_sales) over walk as decimal(18, 2)) as net_sales_by,
        cast(sum(net_sales) over walk - net_sales as decimal(18, 2)) as net_sales_before,
        cast(sum(gross_margin) over walk as decimal(18, 2)) as gross_margin_by,
        cast(sum(gross_margin) over walk - gross_margin as decimal(18, 2)) as gross_margin_before
    from steps
    window walk as (partition by customer_key, unit order by age rows unbounded preceding)
),

gains as (
    select
        base.channel,
        base.cohort_month,
        walked.unit,
        walked.age,
        sum(walked.net_sales) as net_sales,
        sum(walked.net_sales_by * walked.net_sales_by - walked.net_sales_before * walked.net_sales_before)
            as net_sales_squares,
        sum(walked.gross_margin) as gross_margin,
        sum(walked.gross_margin_by * walked.gross_margin_by - walked.gross_margin_before * walked.gross_margin_before)
            as gross_margin_squares
    from walked
    inner join base on base.customer_key = walked.customer_key
    group by base.channel, base.cohort_month, walked.unit, walked.age
),

ages as (
    select 'days' as unit, age from (values (0), (90), (180), (365)) as of_days (age)
    union all
    select 'months' as unit, age from range(25) as of_months (age)
),

cells as (
    select cohorts.*, ages.unit, ages.age
    from (select channel, cohort_month, count(*) as customers from base group by channel, cohort_month) as cohorts
    cross join ages
)

select
    cells.channel,
    cells.cohort_month,
    cells.unit,
    cast(cells.age as integer) as age,
    cast(cells.customers as integer) as customers,
    cast(sum(gains.net_sales) over running as decimal(18, 2)) as net_sales,
    cast(sum(gains.net_sales_squares) over running as double) as net_sales_squares,
    cast(sum(gains.gross_margin) over running as decimal(18, 2)) as gross_margin,
    cast(sum(gains.gross_margin_squares) over running as double) as gross_margin_squares
from cells
left join gains
    on gains.channel = cells.channel
    and gains.cohort_month = cells.cohort_month
    and gains.unit = cells.unit
    and gains.age = cells.age
window running as (
    partition by cells.channel, cells.cohort_month, cells.unit order by cells.age rows unbounded preceding
)
