-- grain: product x number of different products in the purchase orders with it
-- sort: product_key, products
-- mends: all
-- product_key UINTEGER: as in marts.products
-- products INTEGER: in the order, this one among them
-- orders INTEGER: purchase orders
select
    product_key,
    cast(products as integer) as products,
    cast(sum(orders) as integer) as orders
from staging.basket_months
group by product_key, products
