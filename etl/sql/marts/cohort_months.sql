-- grain: country x channel x month of the first purchase x month: what all customers of the cohort did in it
-- sort: cohort_month, month, country, channel
-- mends: month of staging.customer_reach
-- country VARCHAR: of the first purchase
-- channel VARCHAR: of the first purchase
-- cohort_month DATE: first day of the month of the first purchase
-- month DATE: first day of the month; before the cohort's own there are returns at most
-- customers INTEGER: with money in or out in the month
-- active_customers INTEGER: with a purchase order in the month
-- returned_customers INTEGER: of these, for the first time after the cohort's own month
-- orders INTEGER: purchase orders
-- gross_sales DECIMAL(18,2): money in
-- net_sales DECIMAL(18,2): sales less returns
-- gross_margin DECIMAL(18,2): null without costs
-- margin DECIMAL(18,4): as in marts.customer_months
-- margin_squares DECIMAL(38,8): what the month adds to the sum over customers of their squared cumulative margin
select
    walked.country,
    walked.channel,
    walked.cohort_month,
    walked.month,
    cast(count(*) as integer) as customers,
    cast(sum(case when walked.orders > 0 then 1 else 0 end) as integer) as active_customers,
    cast(
        sum(case when walked.orders > 0 and walked.month > walked.cohort_month and walked.months_back = 1 then 1 else 0 end)
        as integer
    ) as returned_customers,
    cast(sum(walked.orders) as integer) as orders,
    cast(sum(walked.gross_sales) as decimal(18, 2)) as gross_sales,
    cast(sum(walked.net_sales) as decimal(18, 2)) as net_sales,
    cast(sum(walked.gross_margin) as decimal(18, 2)) as gross_margin,
    cast(sum(walked.margin) as decimal(18, 4)) as margin,
    cast(
        sum(walked.reached * walked.reached - walked.reached_before * walked.reached_before) as decimal(38, 8)
    ) as margin_squares
from staging.customer_reach as walked
group by walked.country, walked.channel, walked.cohort_month, walked.month
