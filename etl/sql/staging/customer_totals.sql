-- grain: one row per identified customer with a line: plain sums over all days
select
    customer_key,
    cast(sum(orders) as integer) as order_count,
    cast(sum(return_orders) as integer) as return_count,
    cast(sum(gross_sales) as decimal(16, 2)) as gross_sales,
    cast(sum(returns) as decimal(16, 2)) as returns,
    cast(sum(net_sales) as decimal(16, 2)) as net_sales,
    cast(sum(gross_margin) as decimal(16, 2)) as gross_margin
from staging.customer_days
where customer_key is not null
group by customer_key
