-- grain: one row per customer with a purchase: country and channel of the first purchase
-- mends: customer_key
select customer_key, country, channel
from (
    select
        customer_key,
        country,
        channel,
        row_number() over (partition by customer_key order by ordered_at asc, order_id asc) as place
    from staging.orders
    where customer_key is not null and is_purchase
) as ranked
where place = 1
union all
select customer_key, country, channel
from staging.customer_summaries
