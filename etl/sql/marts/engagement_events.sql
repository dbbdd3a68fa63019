-- grain: one event of an identified customer
-- sort: customer_key, occurred_at
-- mends: all
-- customer_key UINTEGER: may be a customer without a purchase
-- occurred_at TIMESTAMP: shop-local time
-- event VARCHAR: what happened
select
    keys.customer_key,
    events.occurred_at,
    events.event
from raw.engagement_events as events
inner join staging.customer_ids as keys on keys.customer_id = events.customer_id
