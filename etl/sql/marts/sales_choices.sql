-- grain: day x kind of customer x one choice of whom to count: a field of the RFM grid, a cohort, or a category bought
-- sort: category, cohort_month, segment, r_score, fm_score, order_date, customer_type
-- mends: all
-- segment VARCHAR: as in marts.customers; null in rows of a cohort or category
-- r_score TINYINT: as in marts.customers; null in rows of a cohort or category
-- fm_score TINYINT: frequency and money in one, halves rounded up; null in rows of a cohort or category
-- cohort_month DATE: month of the first purchase; null in all other rows
-- category VARCHAR: of what the customer ever bought, Unknown where absent; null in all other rows
-- order_date DATE: shop-local day
-- customer_type VARCHAR: as in marts.customer_days
-- orders INTEGER: purchase orders
-- gross_sales DECIMAL(16,2): money in
-- returns DECIMAL(16,2): money back, positive
-- net_sales DECIMAL(16,2): gross_sales - returns
-- gross_margin DECIMAL(16,2): net sales less cost of goods; null without costs
-- All that identified customers of the choice brought, whatever they bought. Fields and cohorts hold everybody once, so
-- they add up; one customer is in many categories, so these do not. A shop of more than 100 categories has none here.
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
),

counted as (
    select
        segment,
        r_score,
        fm_score,
        cohort_month,
        null as category,
        order_date,
        customer_type,
        sum(orders) as orders,
        sum(gross_sales) as gross_sales,
        sum(returns) as returns,
        sum(net_sales) as net_sales,
        sum(gross_margin) as gross_margin
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
        sum(days.orders),
        sum(days.gross_sales),
        sum(days.returns),
        sum(days.net_sales),
        sum(days.gross_margin)
    from marts.customer_days as days
    inner join bought on bought.customer_key = days.customer_key
    group by bought.category, days.order_date, days.customer_type
)

select
    segment,
    r_score,
    fm_score,
    cohort_month,
    category,
    order_date,
    customer_type,
    cast(orders as integer) as orders,
    cast(gross_sales as decimal(16, 2)) as gross_sales,
    cast(returns as decimal(16, 2)) as returns,
    cast(net_sales as decimal(16, 2)) as net_sales,
    cast(gross_margin as decimal(16, 2)) as gross_margin
from counted
