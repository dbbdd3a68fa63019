-- question: Which products share baskets with one product more often than chance, and did that hold out of time?
-- filters: none
-- columns: product_id VARCHAR, product VARCHAR, stage VARCHAR, joint_baskets INTEGER, support DOUBLE, confidence DOUBLE, lift DOUBLE, lift_low DOUBLE, later_joint_baskets INTEGER, later_lift DOUBLE, later_lift_low DOUBLE, holds BOOLEAN, q_value DOUBLE
-- confidence: of the baskets with this product, the share with the other; support: of all baskets searched, the share
-- with both. Both in the first 70 % of the baskets, where the pairs were found.
with pairs as (
    select *, other_product_key as partner_key, confidence as own_confidence
    from marts.product_pairs
    where product_key = $product_key
    union all
    select *, product_key as partner_key, other_confidence as own_confidence
    from marts.product_pairs
    where other_product_key = $product_key
)
select
    partner.product_id,
    coalesce(partner.product_name, partner.product_id) as product,
    stages.stage,
    pairs.joint_baskets,
    cast(pairs.joint_baskets as double) / nullif(searched.baskets, 0) as support,
    pairs.own_confidence as confidence,
    pairs.lift,
    pairs.lift_low,
    pairs.later_joint_baskets,
    pairs.later_lift,
    pairs.later_lift_low,
    pairs.holds,
    pairs.q_value
from pairs
cross join meta.product_pairs as searched
inner join marts.products as partner on partner.product_key = pairs.partner_key
left join marts.product_stages as stages on stages.product_key = pairs.partner_key
order by pairs.lift_low desc, partner.product_id
