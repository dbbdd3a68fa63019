-- grain: one delivered period of a price or cost, with the start of the next one of the product
select
    kind,
    product_id,
    valid_from,
    valid_to,
    lead(valid_from) over (
        partition by kind, product_id order by valid_from asc, valid_to asc, value asc
    ) as next_from
from (
    select 'price' as kind, product_id, valid_from, valid_to, unit_price as value from raw.prices
    union all
    select 'cost' as kind, product_id, valid_from, valid_to, unit_cost as value from raw.costs
) as periods
