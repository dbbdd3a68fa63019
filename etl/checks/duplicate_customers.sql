-- title: A person is one customer
-- dimension: uniqueness
-- severity: info
-- table: staging.customer_list
-- help: These customer numbers share an e-mail address, or a name and country and more, and are counted apart. Where they are one person, link them with python -m etl links add; nothing is merged by itself.
select
    customer_id,
    string_agg(distinct other_id, ', ' order by other_id) as may_also_be,
    string_agg(distinct rule, ', ' order by rule) as rules
from (
    select customer_id, other_id, rule from marts.duplicate_candidates where not is_linked
    union all
    select other_id, customer_id, rule from marts.duplicate_candidates where not is_linked
) as candidates
group by customer_id
