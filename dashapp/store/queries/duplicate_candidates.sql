-- question: Which customer numbers may be one person, and why?
-- filters: none
-- columns: customer_id VARCHAR, other_id VARCHAR, rules VARCHAR, evidence VARCHAR, is_linked BOOLEAN, pairs BIGINT, open_pairs BIGINT
select
    customer_id,
    other_id,
    string_agg(rule, ', ' order by rule) as rules,
    case when $contact then string_agg(evidence, '; ' order by rule) end as evidence,
    bool_or(is_linked) as is_linked,
    count(*) over () as pairs,
    cast(count(*) filter (where not bool_or(is_linked)) over () as bigint) as open_pairs
from marts.duplicate_candidates
group by customer_id, other_id
order by is_linked, customer_id, other_id
limit $limit
