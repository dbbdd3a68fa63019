-- grain: customer x product ever bought; charge codes are not products
-- sort: category, product_id, customer_key
-- customer_key UINTEGER: an identified customer
-- product_key UINTEGER: as in marts.products
-- product_id VARCHAR: as delivered
-- category VARCHAR: Unknown where absent
-- orders INTEGER: purchase orders with it
-- units DOUBLE: pieces bought, returns not taken off
-- gross_sales DECIMAL(16,2): money in for it
-- first_order_date DATE: the day it was bought first
select
    customer_key,
    product_key,
    product_id,
    coalesce(category, 'Unknown') as category,
    cast(count(distinct order_id) as integer) as orders,
    cast(sum(quantity) as double) as units,
    cast(sum(amount) as decimal(16, 2)) as gross_sales,
    min(order_date) as first_order_date
from staging.order_lines
where kind = 'sale' and customer_key is not null and product_key is not null
group by customer_key, product_key, product_id, coalesce(category, 'Unknown')
