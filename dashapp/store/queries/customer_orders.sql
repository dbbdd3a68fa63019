-- question: What did this customer order and return, order by order?
-- grain: an order
-- filters: none
-- columns: order_date DATE, order_id VARCHAR, country VARCHAR, channel VARCHAR, lines BIGINT, units DOUBLE, gross_sales DECIMAL(16,2), returns DECIMAL(16,2), net_sales DECIMAL(16,2), is_purchase BOOLEAN
select
    order_date,
    order_id,
    country,
    channel,
    cast(lines as bigint) as lines,
    cast(units as double) as units,
    cast(gross_sales as decimal(16, 2)) as gross_sales,
    cast(returns as decimal(16, 2)) as returns,
    cast(net_sales as decimal(16, 2)) as net_sales,
    is_purchase
from marts.orders
where customer_key = $customer_key
order by order_date, order_id
