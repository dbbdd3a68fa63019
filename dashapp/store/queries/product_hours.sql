-- question: On which weekdays and at which hours is one product ordered, against all orders of the shop?
-- grain: a weekday or an hour
-- filters: none
-- columns: part VARCHAR, slot BIGINT, orders BIGINT, shop_orders BIGINT
-- part: weekday (1 is Monday) or hour (0 to 23, shop-local; of no use where deliveries name no time of day).
with slots as (
    select cast(shop.weekday as bigint) as weekday, cast(shop.hour as bigint) as hour, sold.orders, shop.orders as shop_orders
    from marts.order_hours as shop
    left join marts.product_hours as sold
        on sold.product_key = $product_key and sold.weekday = shop.weekday and sold.hour = shop.hour
)
select
    'weekday' as part,
    weekday as slot,
    cast(coalesce(sum(orders), 0) as bigint) as orders,
    cast(sum(shop_orders) as bigint) as shop_orders
from slots
group by weekday
union all
select 'hour', hour, cast(coalesce(sum(orders), 0) as bigint), cast(sum(shop_orders) as bigint)
from slots
group by hour
order by part, slot
