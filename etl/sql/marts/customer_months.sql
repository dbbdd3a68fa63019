-- grain: customer with a purchase x month x country x channel
-- sort: month, customer_key
-- mends: customer_key
-- customer_key UINTEGER: as in marts.customers
-- month DATE: first day of the month
-- country VARCHAR: of the orders
-- channel VARCHAR: of the orders
-- cohort_month DATE: month of the first purchase
-- orders INTEGER: purchase orders; 0 in a month with returns only
-- gross_sales DECIMAL(16,2): money in
-- net_sales DECIMAL(16,2): sales less returns
-- gross_margin DECIMAL(16,2): null without costs
-- margin DECIMAL(18,4): gross_margin; without costs net sales times the share set for the shop, null where none is set
select
    months.*,
    cast(case
        when inputs.has_costs then months.gross_margin
        when policy.margin_share < 1 then months.net_sales * policy.margin_share
    end as decimal(18, 4)) as margin
from (
    select
        days.customer_key,
        cast(date_trunc('month', days.order_date) as date) as month,
        days.country,
        days.channel,
        cast(date_trunc('month', rfm.first_order_date) as date) as cohort_month,
        cast(sum(days.orders) as integer) as orders,
        cast(sum(days.gross_sales) as decimal(16, 2)) as gross_sales,
        cast(sum(days.net_sales) as decimal(16, 2)) as net_sales,
        cast(sum(days.gross_margin) as decimal(16, 2)) as gross_margin
    from staging.customer_days as days
    inner join staging.rfm as rfm on rfm.customer_key = days.customer_key
    group by
        days.customer_key,
        cast(date_trunc('month', days.order_date) as date),
        days.country,
        days.channel,
        cast(date_trunc('month', rfm.first_order_date) as date)
) as months
cross join staging.inputs as inputs
cross join run.policy as policy
