-- grain: one row per customer id as delivered, with or without a purchase: the customer it counts as
-- Ids that an operator linked count as the lexically first of them that is delivered; run.same_customers has the links.
-- Summaries cannot be added up, so links do not count while customers come as summaries.
-- Keys go by the delivery a customer first came with, and in it by the id: later deliveries move no key, and equal
-- deliveries give equal keys; they may differ between snapshots otherwise.
with delivered as (
    select came.customer_id, min(batch.delivery) as delivery
    from (
        select customer_id, batch_id from raw.order_lines where customer_id is not null
        union
        select customer_id, batch_id from raw.customers where customer_id is not null
        union
        select customer_id, batch_id from raw.engagement_events where customer_id is not null
        union
        select customer_id, batch_id from raw.contracts where customer_id is not null
        union
        select customer_id, batch_id from raw.customer_summaries where customer_id is not null
    ) as came
    inner join run.deliveries as batch on batch.batch_id = came.batch_id
    group by came.customer_id
),
linked as (
    select same.customer_id, min(same.customer_id) over (partition by same.person) as counted_as
    from run.same_customers as same
    semi join delivered on delivered.customer_id = same.customer_id
    where not exists (select 1 from raw.customer_summaries)
),
counted as (
    select
        delivered.customer_id,
        delivered.delivery,
        coalesce(linked.counted_as, delivered.customer_id) as counted_as
    from delivered
    left join linked on linked.customer_id = delivered.customer_id
)
select
    ids.customer_id,
    ids.counted_as,
    cast(keys.customer_key as uinteger) as customer_key
from counted as ids
inner join (
    select counted_as, row_number() over (order by min(delivery) asc, counted_as asc) as customer_key
    from counted
    group by counted_as
) as keys on keys.counted_as = ids.counted_as
