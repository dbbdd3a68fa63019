-- grain: one row per customer id as delivered, with or without a purchase: the customer it counts as
-- Ids that an operator linked count as the lexically first of them that is delivered; run.same_customers has the links.
-- Summaries cannot be added up, so links do not count while customers come as summaries.
-- Keys go by the delivery a customer first came with, and in it by the id: later deliveries move no key, and equal
-- deliveries give equal keys; they may differ between snapshots otherwise. run.customers_before has the highest key that
-- is given already where only ids that came since are numbered, else 0.
-- mends: customer_id
with linked as (
    select
        same.customer_id,
        min(same.customer_id) over (partition by same.person) as counted_as,
        min(delivered.delivery) over (partition by same.person) as delivery
    from run.same_customers as same
    inner join staging.customer_arrivals as delivered on delivered.customer_id = same.customer_id
    where not exists (select 1 from raw.customer_summaries)
)
select
    delivered.customer_id,
    coalesce(linked.counted_as, delivered.customer_id) as counted_as,
    cast(
        before.keys + dense_rank() over (
            order by
                coalesce(linked.delivery, delivered.delivery) asc,
                coalesce(linked.counted_as, delivered.customer_id) asc
        )
        as uinteger
    ) as customer_key
from staging.customer_arrivals as delivered
cross join run.customers_before as before
left join linked on linked.customer_id = delivered.customer_id
