-- grain: day x country x channel x kind of customer: marts.customer_days without the customers
-- sort: order_date, country, channel, customer_type
-- mends: all
-- order_date DATE: shop-local day
-- country VARCHAR: of the orders
-- channel VARCHAR: of the orders
-- customer_type VARCHAR: as in marts.customer_days
-- orders INTEGER: purchase orders
-- gross_sales DECIMAL(16,2): money in
-- returns DECIMAL(16,2): money back, positive
-- net_sales DECIMAL(16,2): gross_sales - returns
-- gross_margin DECIMAL(16,2): net sales less cost of goods; null without costs
select
    order_date,
    country,
    channel,
    customer_type,
    cast(sum(orders) as integer) as orders,
    cast(sum(gross_sales) as decimal(16, 2)) as gross_sales,
    cast(sum(returns) as decimal(16, 2)) as returns,
    cast(sum(net_sales) as decimal(16, 2)) as net_sales,
    cast(sum(gross_margin) as decimal(16, 2)) as gross_margin
from marts.customer_days
group by order_date, country, channel, customer_type
