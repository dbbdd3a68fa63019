-- question: In what baskets is one product bought, and after how long do its buyers buy it again?
-- filters: none
-- columns: orders BIGINT, alone_share DOUBLE, median_products DOUBLE, rebuys BIGINT, median_rebuy_days DOUBLE
-- orders: purchase orders with it; alone_share: of these, with no other product. rebuys: times an identified customer
-- bought it again on a later day, and the median of days in between.
with baskets as (
    select order_id, customer_key, order_date, count(distinct product_key) as products
    from marts.order_lines
    where kind = 'sale' and order_id in (
        select order_id from marts.order_lines where product_key = $product_key and kind = 'sale'
    )
    group by order_id, customer_key, order_date
    having bool_or(product_key = $product_key)
), gaps as (
    select date_diff('day', lag(order_date) over (partition by customer_key order by order_date), order_date) as days
    from (
        select distinct customer_key, order_date
        from marts.order_lines
        where product_key = $product_key and kind = 'sale' and customer_key is not null
    ) as bought
)
select
    (select count(*) from baskets) as orders,
    (select avg(case when products = 1 then 1.0 else 0.0 end) from baskets) as alone_share,
    (select median(products) from baskets) as median_products,
    (select count(days) from gaps) as rebuys,
    (select median(days) from gaps) as median_rebuy_days
