-- grain: customer x product ever bought; charge codes are not products
-- sort: category, product_id, customer_key
-- kept: no
-- mends: customer_key
-- customer_key UINTEGER: an identified customer
-- product_key UINTEGER: as in marts.products
-- product_id VARCHAR: as delivered
-- category VARCHAR: Unknown where absent
-- orders INTEGER: purchase orders with it
-- units DOUBLE: pieces bought, returns not taken off
-- gross_sales DECIMAL(16,2): money in for it
-- first_order_date DATE: the day it was bought first
select
    buyers.customer_key,
    buyers.product_key,
    product.product_id,
    coalesce(product.category, 'Unknown') as category,
    buyers.orders,
    buyers.units,
    buyers.gross_sales,
    buyers.first_order_date
from staging.product_buyers as buyers
inner join staging.products as product on product.product_key = buyers.product_key
