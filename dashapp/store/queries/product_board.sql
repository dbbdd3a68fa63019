-- question: Which products are in which stage of life, and what did each stage bring?
-- filters: none
-- columns: stage VARCHAR, products BIGINT, stage_net_sales DECIMAL(38,2), stage_gross_margin DECIMAL(38,2), place BIGINT, product_id VARCHAR, product VARCHAR, net_sales DECIMAL(16,2), stage_probability DOUBLE, pending VARCHAR
-- The best sellers of each stage, `most` of them; counts and money are of all products of the stage, on every row.
select
    stages.stage,
    count(*) over (partition by stages.stage) as products,
    cast(sum(product.net_sales) over (partition by stages.stage) as decimal(38, 2)) as stage_net_sales,
    cast(sum(product.gross_margin) over (partition by stages.stage) as decimal(38, 2)) as stage_gross_margin,
    row_number() over (partition by stages.stage order by product.net_sales desc, product.product_key) as place,
    product.product_id,
    coalesce(product.product_name, product.product_id) as product,
    product.net_sales,
    stages.confidence as stage_probability,
    stages.pending
from marts.product_stages as stages
inner join marts.products as product on product.product_key = stages.product_key
qualify place <= $most
order by stages.stage, place
