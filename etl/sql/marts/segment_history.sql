-- grain: the last 24 observed month ends and the last observed day x customer with a purchase by then
-- sort: as_of, customer_key
-- kept: no
-- mends: as_of unless staging.gap_rule
-- as_of DATE: the day the segment is told for; only purchases up to then count
-- customer_key UINTEGER: as in marts.customers
-- segment VARCHAR: by the rules of today's segments, among the customers of that day
-- is_lapsed BOOLEAN: no purchase for twice the usual gap, as customer_state 'lapsed'
select
    as_of,
    customer_key,
    segment,
    is_lapsed
from staging.segment_history
