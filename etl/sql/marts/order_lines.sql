-- grain: one accepted line of the delivery
-- sort: order_date, customer_key, line_number
-- kept: no
-- mends: order_date
-- order_id VARCHAR: as delivered
-- customer_key UINTEGER: null without a customer
-- product_key UINTEGER: null without a product; charge codes have keys that marts.products does not list
-- order_date DATE: shop-local day
-- ordered_at TIMESTAMP: shop-local time
-- country VARCHAR: of the order
-- channel VARCHAR: of the order
-- quantity DECIMAL(12,3): negative for goods back
-- unit_price DECIMAL(14,4): as delivered
-- amount DECIMAL(16,2): quantity x unit_price, rounded to cents per line
-- margin DECIMAL(16,2): amount less cost; null without a cost
-- kind VARCHAR: sale, return, charge, adjustment
-- batch_id VARCHAR: delivery it came with
-- line_number BIGINT: physical line of the delivered file
select
    order_id,
    customer_key,
    product_key,
    order_date,
    ordered_at,
    country,
    channel,
    quantity,
    unit_price,
    amount,
    margin,
    kind,
    batch_id,
    line_number
from staging.order_lines
