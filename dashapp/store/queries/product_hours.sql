-- question: On which weekdays and at which hours is one product ordered, against all orders of the shop?
-- grain: a weekday or an hour
-- filters: none
-- columns: part VARCHAR, slot BIGINT, orders BIGINT, shop_orders BIGINT
-- part: weekday (1 is Monday) or hour (0 to 23, shop-local; of no use where deliveries name no time of day).
with with_it as (
    select distinct order_id, customer_key, order_date
    from marts.order_lines
    where kind = 'sale' and product_key is not distinct from $product_key
), sold as (
    select shop.ordered_at, with_it.order_id is not null as has_it
    from marts.orders as shop
    left join with_it
        on with_it.order_id = shop.order_id
        and with_it.customer_key is not distinct from shop.customer_key
        and with_it.order_date = shop.order_date
    where shop.is_purchase
), slots as (
    select 'weekday' as part, isodow(ordered_at) as slot, has_it from sold
    union all
    select 'hour' as part, hour(ordered_at) as slot, has_it from sold
)
select part, slot, count(*) filter (where has_it) as orders, count(*) as shop_orders
from slots
group by part, slot
order by part, slot
