-- grain: product x month
-- sort: product_key, month
-- mends: month
-- product_key UINTEGER: as in marts.products
-- month DATE: first day of the month
-- units DOUBLE: pieces sold less pieces returned
-- buyers INTEGER: identified customers who bought it in the month
-- new_buyers INTEGER: of these, who bought it for the first time
-- net_sales DECIMAL(16,2): sales less returns
-- gross_margin DECIMAL(16,2): null without costs
select
    sales.product_key,
    sales.month,
    sales.units,
    cast(coalesce(bought.buyers, 0) as integer) as buyers,
    cast(coalesce(bought.new_buyers, 0) as integer) as new_buyers,
    sales.net_sales,
    sales.gross_margin
from (
    select
        product_key,
        cast(date_trunc('month', order_date) as date) as month,
        cast(sum(pieces_sold - pieces_returned) as double) as units,
        cast(sum(net_sales) as decimal(16, 2)) as net_sales,
        cast(sum(gross_margin) as decimal(16, 2)) as gross_margin
    from marts.product_sales
    group by product_key, cast(date_trunc('month', order_date) as date)
) as sales
inner join marts.products as product on product.product_key = sales.product_key
left join (
    select product_key, month, sum(buyers) as buyers, sum(new_buyers) as new_buyers
    from (
        select
            product_key,
            cast(date_trunc('month', first_order_date) as date) as month,
            count(*) as buyers,
            count(*) as new_buyers
        from staging.product_buyers
        group by product_key, cast(date_trunc('month', first_order_date) as date)
        union all
        select product_key, month, count(*) as buyers, 0 as new_buyers
        from (
            select distinct
                days.product_key, days.customer_key, cast(date_trunc('month', days.order_date) as date) as month
            from staging.product_days as days
            inner join staging.product_buyers as buyers
                on buyers.product_key = days.product_key and buyers.customer_key = days.customer_key
            where buyers.purchase_days > 1 and days.order_date > last_day(buyers.first_order_date)
        ) as again
        group by product_key, month
    ) as counted
    group by product_key, month
) as bought on bought.product_key = sales.product_key and bought.month = sales.month
