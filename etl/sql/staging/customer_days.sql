-- grain: customer x day x country x channel; customer_key is null for all lines without a customer
-- mends: order_date
select
    customer_key,
    order_date,
    country,
    channel,
    cast(sum(case when is_purchase then 1 else 0 end) as integer) as orders,
    cast(sum(case when has_return then 1 else 0 end) as integer) as return_orders,
    cast(sum(lines) as integer) as lines,
    cast(sum(units) as double) as units,
    bool_or(is_purchase) as is_purchase,
    cast(sum(gross_sales) as decimal(16, 2)) as gross_sales,
    cast(sum(returns) as decimal(16, 2)) as returns,
    cast(sum(net_sales) as decimal(16, 2)) as net_sales,
    cast(sum(gross_margin) as decimal(16, 2)) as gross_margin
from staging.orders
group by customer_key, order_date, country, channel
