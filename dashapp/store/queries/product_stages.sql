-- question: Which products are there, since when, and in which published stage is each?
-- filters: none
-- columns: product_key UINTEGER, product_id VARCHAR, product_name VARCHAR, category VARCHAR, first_sold_on DATE, net_sales DECIMAL(16,2), stage VARCHAR
select
    product.product_key,
    product.product_id,
    product.product_name,
    product.category,
    product.first_sold_on,
    product.net_sales,
    stages.stage
from marts.products as product
left join marts.product_stages as stages on stages.product_key = product.product_key
order by product.product_key
