-- grain: product x number of different products in the purchase orders with it
-- sort: product_key, products
-- mends: all
-- product_key UINTEGER: as in marts.products
-- products INTEGER: in the order, this one among them
-- orders INTEGER: purchase orders
select
    basket.product_key,
    cast(sizes.products as integer) as products,
    cast(count(*) as integer) as orders
from staging.baskets as basket
inner join (
    select order_date, basket, count(*) as products
    from staging.baskets
    group by order_date, basket
) as sizes on sizes.order_date = basket.order_date and sizes.basket = basket.basket
group by basket.product_key, sizes.products
