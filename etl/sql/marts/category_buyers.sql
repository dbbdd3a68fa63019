-- grain: category x segment of its buyers today
-- sort: category, segment
-- mends: all
-- category VARCHAR: Unknown where absent; charge codes are in none
-- segment VARCHAR: as in marts.customers
-- buyers INTEGER: customers who ever bought something of the category
select
    bought.category,
    segments.segment,
    cast(count(*) as integer) as buyers
from (
    select distinct coalesce(product.category, 'Unknown') as category, buyers.customer_key
    from staging.product_buyers as buyers
    inner join staging.products as product on product.product_key = buyers.product_key
) as bought
inner join staging.segments as segments on segments.customer_key = bought.customer_key
group by bought.category, segments.segment
