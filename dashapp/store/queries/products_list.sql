-- question: Which products are there, what did each bring, who buys it, and where does it stand in its life?
-- filters: none
-- columns: product_key UINTEGER, product_id VARCHAR, product_name VARCHAR, category VARCHAR, stage VARCHAR, pending VARCHAR, stage_probability DOUBLE, reason VARCHAR, units DOUBLE, net_sales DECIMAL(16,2), gross_margin DECIMAL(16,2), buyers INTEGER, repeat_rate DOUBLE, first_purchase_share DOUBLE, return_rate DOUBLE, last_sold_on DATE, matching BIGINT, matching_units DOUBLE, matching_net_sales DECIMAL(38,2)
-- sort: net_sales units gross_margin buyers repeat_rate first_purchase_share return_rate stage stage_probability product_id product_name category last_sold_on
-- Over all observed days. matching*: of the whole list, on every row. A product never sold has no stage;
-- pending is the stage that the last month alone says where it says another.
with listed as (
    select
        product.product_key,
        product.product_id,
        product.product_name,
        product.category,
        stages.stage,
        stages.pending,
        stages.confidence as stage_probability,
        stages.reason,
        product.units,
        product.net_sales,
        product.gross_margin,
        product.buyers,
        product.repeat_rate,
        product.first_purchase_share,
        product.return_rate,
        product.last_sold_on
    from marts.products as product
    left join marts.product_stages as stages on stages.product_key = product.product_key
    where (len($stages) = 0 or list_contains($stages, stages.stage))
        and (
            cast($words as varchar) is null
            or product.product_id ilike $words escape '\'
            or product.product_name ilike $words escape '\'
            or product.category ilike $words escape '\'
        )
)
select
    *,
    count(*) over () as matching,
    sum(units) over () as matching_units,
    cast(sum(net_sales) over () as decimal(38, 2)) as matching_net_sales
from listed
order by {order}, product_key
limit $limit offset $offset
