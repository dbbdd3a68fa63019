-- grain: one row per identified customer, with or without a purchase
-- Keys are the rank of the id, so equal deliveries give equal keys; they may differ between snapshots.
select
    customer_id,
    cast(row_number() over (order by customer_id) as uinteger) as customer_key
from (
    select customer_id from raw.order_lines where customer_id is not null
    union
    select customer_id from raw.customers where customer_id is not null
    union
    select customer_id from raw.engagement_events where customer_id is not null
    union
    select customer_id from raw.contracts where customer_id is not null
) as ids
