-- grain: product x first day of validity; periods of one product never overlap
-- A period ends on its last day, and in any case before the next one begins; the lowest cost where a day starts twice.
select
    product_id,
    valid_from,
    case
        when next_from is null then valid_to
        else least(coalesce(valid_to, next_from), cast(next_from - interval 1 day as date))
    end as valid_to,
    unit_cost
from (
    select
        product_id,
        valid_from,
        max(valid_to) as valid_to,
        min(unit_cost) as unit_cost,
        lead(valid_from) over (partition by product_id order by valid_from) as next_from
    from raw.costs
    where valid_to is null or valid_to >= valid_from
    group by product_id, valid_from
) as periods
