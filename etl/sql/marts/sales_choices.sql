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
    cast(case when known_margins > 0 then gross_margin end as decimal(16, 2)) as gross_margin
from staging.choice_sums
