-- grain: product x weekday x hour of the purchase orders with it
-- sort: product_key, weekday, hour
-- mends: all
-- product_key UINTEGER: as in marts.products
-- weekday TINYINT: 1 is Monday
-- hour TINYINT: 0 to 23, shop-local; of no use where deliveries name no time of day
-- orders INTEGER: purchase orders
select
    product_key,
    cast((date_diff('day', date '1900-01-01', cast(ordered_at as date)) % 7) + 1 as tinyint) as weekday,
    cast(hour(ordered_at) as tinyint) as hour,
    cast(count(*) as integer) as orders
from staging.baskets
group by product_key, weekday, hour
