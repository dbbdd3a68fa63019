-- grain: weekday x hour of the purchase orders of the shop
-- sort: weekday, hour
-- mends: all
-- weekday TINYINT: 1 is Monday
-- hour TINYINT: 0 to 23, shop-local; of no use where deliveries name no time of day
-- orders INTEGER: purchase orders
select
    cast((date_diff('day', date '1900-01-01', cast(ordered_at as date)) % 7) + 1 as tinyint) as weekday,
    cast(hour(ordered_at) as tinyint) as hour,
    cast(count(*) as integer) as orders
from staging.orders
where is_purchase
group by weekday, hour
