-- grain: one row per customer id as delivered, with or without a purchase: the customer it counts as
-- Ids that an operator linked count as the lexically first of them that is delivered; run.same_customers has the links.
-- Summaries cannot be added up, so links do not count while customers come as summaries.
-- Keys go by the delivery a customer first came with, and in it by the id: later deliveries move no key, and equal
-- deliveries give equal keys; they may differ between snapshots otherwise.
with delivered as (
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
),
linked as (
    select
        same.customer_id,
        min(same.customer_id) over (partition by same.person) as counted_as,
        min(delivered.delivery) over (partition by same.person) as delivery
    from run.same_customers as same
    inner join delivered on delivered.customer_id = same.customer_id
    where not exists (select 1 from raw.customer_summaries)
)
select
    delivered.customer_id,
    coalesce(linked.counted_as, delivered.customer_id) as counted_as,
    cast(
        dense_rank() over (
            order by
                coalesce(linked.delivery, delivered.delivery) asc,
                coalesce(linked.counted_as, delivered.customer_id) asc
        )
        as uinteger
    ) as customer_key
from delivered
left join linked on linked.customer_id = delivered.customer_id
