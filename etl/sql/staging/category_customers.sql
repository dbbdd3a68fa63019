-- grain: customer x category ever bought; charge codes included
-- mends: customer_key
select distinct
    coalesce(product.category, 'Unknown') as category,
    buyers.customer_key
from staging.product_buyers as buyers
inner join staging.products as product on product.product_key = buyers.product_key
