-- grain: purchase order x product of it, each once; charges and returns are in none
-- mends: order_date
-- basket UINTEGER: number of the order, unlike that of any other of its day
-- product_key UINTEGER: as in marts.products
-- order_date DATE: shop-local day
-- ordered_at TIMESTAMP: first line of the order, shop-local time
-- Lines find their order once by its text; all that follows counts with numbers.
select
    orders.basket,
    line.product_key,
    orders.order_date,
    orders.ordered_at
from staging.order_lines as line
inner join (
    select cast(row_number() over () as uinteger) as basket, order_id, customer_key, order_date, ordered_at
    from staging.orders
    where is_purchase
) as orders
    on orders.order_id = line.order_id
    and orders.order_date = line.order_date
    and orders.customer_key is not distinct from line.customer_key
where line.kind = 'sale' and line.product_key is not null
group by orders.basket, line.product_key, orders.order_date, orders.ordered_at
