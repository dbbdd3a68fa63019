-- grain: one row per product, sold or listed; charge codes are not products
-- sort: product_key
-- mends: all
-- product_key UINTEGER: key inside this snapshot
-- product_id VARCHAR: as delivered
-- product_name VARCHAR: from the product list, else the description most often used
-- category VARCHAR: Unknown where absent
-- unit_price DECIMAL(14,4): list price
-- unit_cost DECIMAL(14,4): list cost
-- first_sold_on DATE: null when never sold
-- last_sold_on DATE: null when never sold
-- buyers INTEGER: identified customers who bought it
-- units DOUBLE: pieces sold less pieces returned
-- net_sales DECIMAL(16,2): sales less returns
-- gross_margin DECIMAL(16,2): net sales less cost of goods; null without costs
-- repeat_buyers INTEGER: identified customers who bought it on two days or more
-- repeat_days INTEGER: purchase days with it of identified customers, but for everybody's first
-- repeat_rate DOUBLE: repeat_buyers of buyers, 0-1; null without buyers
-- first_purchase_share DOUBLE: buyers who had it on their first purchase day, 0-1; null without buyers
-- return_rate DOUBLE: pieces returned of pieces sold, may exceed 1; null when never sold
select
    product.product_key,
    product.product_id,
    product.product_name,
    coalesce(product.category, 'Unknown') as category,
    product.unit_price,
    product.unit_cost,
    sold.first_sold_on,
    sold.last_sold_on,
    coalesce(bought.buyers, 0) as buyers,
    coalesce(sold.units, 0.0) as units,
    cast(coalesce(sold.net_sales, 0) as decimal(16, 2)) as net_sales,
    sold.gross_margin,
    coalesce(bought.repeat_buyers, 0) as repeat_buyers,
    coalesce(bought.repeat_days, 0) as repeat_days,
    cast(bought.repeat_buyers as double) / cast(bought.buyers as double) as repeat_rate,
    cast(bought.first_buyers as double) / cast(bought.buyers as double) as first_purchase_share,
    sold.units_returned / nullif(sold.units_sold, 0.0) as return_rate
from staging.products as product
left join (
    select
        product_key,
        min(case when pieces_sold > 0 then order_date end) as first_sold_on,
        max(case when pieces_sold > 0 then order_date end) as last_sold_on,
        cast(sum(pieces_sold - pieces_returned) as double) as units,
        cast(sum(pieces_sold) as double) as units_sold,
        cast(sum(pieces_returned) as double) as units_returned,
        cast(sum(gross_margin) as decimal(16, 2)) as gross_margin,
        sum(net_sales) as net_sales
    from marts.product_sales
    group by product_key
) as sold on sold.product_key = product.product_key
left join (
    select
        buyers.product_key,
        cast(count(*) as integer) as buyers,
        cast(sum(case when buyers.purchase_days > 1 then 1 else 0 end) as integer) as repeat_buyers,
        sum(case when buyers.first_order_date = rfm.first_order_date then 1 else 0 end) as first_buyers,
        cast(
            sum(buyers.purchase_days - case when buyers.first_order_date = rfm.first_order_date then 1 else 0 end) as integer
        ) as repeat_days
    from staging.product_buyers as buyers
    inner join staging.rfm as rfm on rfm.customer_key = buyers.customer_key
    group by buyers.product_key
) as bought on bought.product_key = product.product_key
where not product.is_charge
