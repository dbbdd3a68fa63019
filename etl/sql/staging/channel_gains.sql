-- grain: channel x month of the first purchase x month x age: what customers added in it
-- mends: month of staging.customer_gains
select
    channel,
    cohort_month,
    month,
    step,
    age_months,
    sum(net_sales) as net_sales,
    sum(net_sales_squares) as net_sales_squares,
    sum(gross_margin) as gross_margin,
    sum(gross_margin_squares) as gross_margin_squares
from staging.customer_gains
group by channel, cohort_month, month, step, age_months
