-- grain: channel of the first purchase x month of it x age: the first `age` days, or the calendar months 0 to `age`
-- sort: channel, cohort_month, unit, age
-- mends: all
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

gains as (
    select
        channel,
        cohort_month,
        unit,
        age,
        sum(net_sales) as net_sales,
        sum(net_sales_squares) as net_sales_squares,
        sum(gross_margin) as gross_margin,
        sum(gross_margin_squares) as gross_margin_squares
    from (
        select *, 'days' as unit, step as age from staging.channel_gains where step is not null
        union all
        select *, 'months' as unit, age_months as age from staging.channel_gains where age_months is not null
    ) as told
    group by channel, cohort_month, unit, age
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
