-- grain: one row per identified customer with a line or a summary: plain sums over all days
-- mends: customer_key
-- valued_orders: the purchases that net_sales speaks of
select
    customer_key,
    cast(sum(orders) as integer) as order_count,
    cast(sum(orders) as integer) as valued_orders,
    cast(sum(return_orders) as integer) as return_count,
    cast(sum(gross_sales) as decimal(16, 2)) as gross_sales,
    cast(sum(returns) as decimal(16, 2)) as returns,
    cast(sum(net_sales) as decimal(16, 2)) as net_sales,
    cast(sum(gross_margin) as decimal(16, 2)) as gross_margin
from staging.customer_days
where customer_key is not null
group by customer_key
union all
select
    customer_key,
    frequency + 1 as order_count,
    valued_orders,
    null as return_count,
    null as gross_sales,
    null as returns,
    net_sales,
    null as gross_margin
from staging.customer_summaries
