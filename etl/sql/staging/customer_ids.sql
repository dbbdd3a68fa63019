-- grain: one row per customer id as delivered, with or without a purchase: the customer it counts as
-- Ids that an operator linked count as the lexically first of them that is delivered; run.same_customers has the links.
-- Summaries cannot be added up, so links do not count while customers come as summaries.
-- Keys are the rank of that id, so equal deliveries give equal keys; they may differ between snapshots.
with delivered as (
    select customer_id from raw.order_lines where customer_id is not null
    union
    select customer_id from raw.customers where customer_id is not null
    union
    select customer_id from raw.engagement_events where customer_id is not null
    union
    select customer_id from raw.contracts where customer_id is not null
    union
    select customer_id from raw.customer_summaries where customer_id is not null
),
linked as (
    select same.customer_id, min(same.customer_id) over (partition by same.person) as counted_as
    from run.same_customers as same
    semi join delivered on delivered.customer_id = same.customer_id
    where not exists (select 1 from raw.customer_summaries)
)
select
    delivered.customer_id,
    coalesce(linked.counted_as, delivered.customer_id) as counted_as,
    cast(dense_rank() over (order by coalesce(linked.counted_as, delivered.customer_id)) as uinteger) as customer_key
from delivered
left join linked on linked.customer_id = delivered.customer_id
