-- question: On which weekdays and at which hours is one product ordered, against all orders of the shop?
-- grain: a weekday or an hour
-- filters: none
-- columns: part VARCHAR, slot BIGINT, orders BIGINT, shop_orders BIGINT
-- part: weekday (1 is Monday) or hour (0 to 23, shop-local; of no use where deliveries name no time of day).
with sold as (
    select
        line.order_id,
        line.customer_key,
        line.order_date,
        min(line.ordered_at) as ordered_at,
        bool_or(line.product_key is not distinct from $product_key) as has_it
    from marts.order_lines as line
    where line.kind = 'sale'
    group by line.order_id, line.customer_key, line.order_date
), slots as (
    select 'weekday' as part, isodow(ordered_at) as slot, has_it from sold
    union all
    select 'hour' as part, hour(ordered_at) as slot, has_it from sold
)
select part, slot, count(*) filter (where has_it) as orders, count(*) as shop_orders
from slots
group by part, slot
order by part, slot
