-- question: Which customers buy one product, and are they more often of a segment than all customers are?
-- grain: a segment
-- filters: none
-- columns: product_id VARCHAR, segment VARCHAR, buyers BIGINT, customers BIGINT, gross_sales DECIMAL(38,2), share DOUBLE, customer_share DOUBLE
-- Segments of today. share: of the product's buyers; customer_share: of all customers; the index is 100 times their ratio.
with bought as (
    select customer_key, gross_sales
    from marts.customer_products
    where product_key = $product_key
)
select
    (select product_id from marts.products where product_key = $product_key) as product_id,
    customer.segment,
    count(bought.customer_key) as buyers,
    count(*) as customers,
    cast(coalesce(sum(bought.gross_sales), 0) as decimal(38, 2)) as gross_sales,
    cast(count(bought.customer_key) as double) / nullif((select count(*) from bought), 0) as share,
    cast(count(*) as double) / sum(count(*)) over () as customer_share
from marts.customers as customer
left join bought on bought.customer_key = customer.customer_key
group by customer.segment
order by customer.segment
