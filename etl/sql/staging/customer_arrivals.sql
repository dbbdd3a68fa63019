-- grain: one row per customer id as delivered, with or without a purchase: the delivery it first came with
-- mends: customer_id
select came.customer_id, min(batch.delivery) as delivery
from (
    select customer_id, batch_id from raw.order_lines where customer_id is not null
    union all
    select customer_id, batch_id from raw.customers where customer_id is not null
    union all
    select customer_id, batch_id from raw.engagement_events where customer_id is not null
    union all
    select customer_id, batch_id from raw.contracts where customer_id is not null
    union all
    select customer_id, batch_id from raw.customer_summaries where customer_id is not null
) as came
inner join run.deliveries as batch on batch.batch_id = came.batch_id
group by came.customer_id
