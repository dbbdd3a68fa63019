-- question: Which two products are bought together more often than chance, and did that hold out of time?
-- filters: none
-- columns: rank INTEGER, product_id VARCHAR, product VARCHAR, other_product_id VARCHAR, other_product VARCHAR, joint_baskets INTEGER, lift DOUBLE, lift_low DOUBLE, later_joint_baskets INTEGER, later_lift DOUBLE, later_lift_low DOUBLE, holds BOOLEAN, pairs BIGINT, pairs_holding BIGINT
-- By the lower bound of lift, the best first. pairs*: of all published, on every row.
with best as (
    select *
    from marts.product_pairs
    order by rank
    limit $limit
), counted as (
    select count(*) as pairs, count(*) filter (where holds) as pairs_holding
    from marts.product_pairs
)
select
    pair.rank,
    one.product_id,
    coalesce(one.product_name, one.product_id) as product,
    other.product_id as other_product_id,
    coalesce(other.product_name, other.product_id) as other_product,
    pair.joint_baskets,
    pair.lift,
    pair.lift_low,
    pair.later_joint_baskets,
    pair.later_lift,
    pair.later_lift_low,
    pair.holds,
    counted.pairs,
    counted.pairs_holding
from best as pair
cross join counted
inner join marts.products as one on one.product_key = pair.product_key
inner join marts.products as other on other.product_key = pair.other_product_key
order by pair.rank
