-- grain: one row per product, sold or listed; charge codes are not products
-- sort: product_key
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
select
    product.product_key,
    product.product_id,
    product.product_name,
    coalesce(product.category, 'Unknown') as category,
    product.unit_price,
    product.unit_cost,
    sold.first_sold_on,
    sold.last_sold_on,
    coalesce(sold.buyers, 0) as buyers,
    coalesce(sold.units, 0.0) as units,
    cast(coalesce(sold.net_sales, 0) as decimal(16, 2)) as net_sales
from staging.products as product
left join (
    select
        product_key,
        min(case when kind = 'sale' then order_date end) as first_sold_on,
        max(case when kind = 'sale' then order_date end) as last_sold_on,
        cast(count(distinct case when kind = 'sale' then customer_key end) as integer) as buyers,
        cast(sum(case when kind in ('sale', 'return') then quantity else 0 end) as double) as units,
        sum(amount) as net_sales
    from staging.order_lines
    group by product_key
) as sold on sold.product_key = product.product_key
where not product.is_charge
