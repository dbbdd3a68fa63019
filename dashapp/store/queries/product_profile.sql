-- question: What is known of one product over all observed days, and where does it stand in its life?
-- filters: none
-- columns: product_key UINTEGER, product_id VARCHAR, product_name VARCHAR, category VARCHAR, unit_price DECIMAL(14,4), unit_cost DECIMAL(14,4), first_sold_on DATE, last_sold_on DATE, buyers INTEGER, units DOUBLE, net_sales DECIMAL(16,2), gross_margin DECIMAL(16,2), repeat_rate DOUBLE, first_purchase_share DOUBLE, return_rate DOUBLE, stage VARCHAR, pending VARCHAR, method VARCHAR, stage_probability DOUBLE, share_introduction DOUBLE, share_growth DOUBLE, share_maturity DOUBLE, share_decline DOUBLE, reason VARCHAR, sales_rank BIGINT, products BIGINT
-- No row for an id that is not in the catalogue. sales_rank: 1 sold most, among products ever sold.
select
    product.product_key,
    product.product_id,
    product.product_name,
    product.category,
    product.unit_price,
    product.unit_cost,
    product.first_sold_on,
    product.last_sold_on,
    product.buyers,
    product.units,
    product.net_sales,
    product.gross_margin,
    product.repeat_rate,
    product.first_purchase_share,
    product.return_rate,
    stages.stage,
    stages.pending,
    stages.method,
    stages.confidence as stage_probability,
    stages.share_introduction,
    stages.share_growth,
    stages.share_maturity,
    stages.share_decline,
    stages.reason,
    (
        select count(*) + 1
        from marts.products as better
        where better.first_sold_on is not null and better.net_sales > product.net_sales
    ) as sales_rank,
    (select count(*) from marts.products where first_sold_on is not null) as products
from marts.products as product
left join marts.product_stages as stages on stages.product_key = product.product_key
where product.product_id = $product
