-- grain: order x customer x day
-- sort: order_date, customer_key, ordered_at
-- kept: no
-- mends: order_date
-- order_id VARCHAR: as delivered
-- customer_key UINTEGER: null without a customer
-- order_date DATE: shop-local day
-- ordered_at TIMESTAMP: first line, shop-local time
-- country VARCHAR: Unknown where absent
-- channel VARCHAR: Unknown where absent
-- lines INTEGER: lines of every kind
-- units DOUBLE: pieces sold less pieces returned
-- gross_sales DECIMAL(16,2): money in
-- returns DECIMAL(16,2): money back, positive
-- net_sales DECIMAL(16,2): gross_sales - returns
-- gross_margin DECIMAL(16,2): net sales less cost of goods; null without costs
-- is_purchase BOOLEAN: at least one sale line
select
    order_id,
    customer_key,
    order_date,
    ordered_at,
    country,
    channel,
    lines,
    units,
    gross_sales,
    returns,
    net_sales,
    gross_margin,
    is_purchase
from staging.orders
