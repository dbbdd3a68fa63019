-- grain: product x month x number of different products in the purchase orders with it
-- mends: month
select
    basket.product_key,
    cast(date_trunc('month', basket.order_date) as date) as month,
    sizes.products,
    count(*) as orders
from staging.baskets as basket
inner join (
    select order_date, basket, count(*) as products
    from staging.baskets
    group by order_date, basket
) as sizes on sizes.order_date = basket.order_date and sizes.basket = basket.basket
group by basket.product_key, cast(date_trunc('month', basket.order_date) as date), sizes.products
