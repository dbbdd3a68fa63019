-- grain: day x kind of customer x one choice of whom to count: a field of the RFM grid, a cohort, or a category bought
-- mends: sums by segment, r_score, fm_score, cohort_month, category, order_date, customer_type
-- What marts.sales_choices tells, as sums alone. counted: days of customers; known_margins: those with a margin.
with bought as (
    select category, customer_key
    from staging.category_customers
    where (select count(distinct category) from staging.products) <= 100
),

days as (
    select
        people.segment,
        people.r_score,
        cast(floor((people.f_score + people.m_score + 1) / 2.0) as tinyint) as fm_score,
        people.cohort_month,
        days.order_date,
        days.customer_type,
        days.orders,
        days.gross_sales,
        days.returns,
        days.net_sales,
        days.gross_margin
    from marts.customer_days as days
    inner join marts.customers as people on people.customer_key = days.customer_key
)

select
    segment,
    r_score,
    fm_score,
    cohort_month,
    null as category,
    order_date,
    customer_type,
    count(*) as counted,
    count(gross_margin) as known_margins,
    sum(orders) as orders,
    sum(gross_sales) as gross_sales,
    sum(returns) as returns,
    sum(net_sales) as net_sales,
    coalesce(sum(gross_margin), 0) as gross_margin
from days
group by grouping sets (
    (segment, r_score, fm_score, order_date, customer_type),
    (cohort_month, order_date, customer_type)
)
union all
select
    null as segment,
    null as r_score,
    null as fm_score,
    null as cohort_month,
    bought.category,
    days.order_date,
    days.customer_type,
    count(*),
    count(days.gross_margin),
    sum(days.orders),
    sum(days.gross_sales),
    sum(days.returns),
    sum(days.net_sales),
    coalesce(sum(days.gross_margin), 0)
from marts.customer_days as days
inner join bought on bought.customer_key = days.customer_key
group by bought.category, days.order_date, days.customer_type
