-- grain: the last 24 observed month ends and the last observed day x customer with a purchase by then
-- sort: as_of, customer_key
-- kept: no
-- mends: as_of
-- as_of DATE: the day the segment is told for; only purchases up to then count
-- customer_key UINTEGER: as in marts.customers
-- segment VARCHAR: by the rules of today's segments, among the customers of that day
-- days_since_last_order INTEGER: on that day; beyond the limit of marts.segment_days the customer has lapsed
select
    as_of,
    customer_key,
    segment,
    days_since_last_order
from staging.segment_history
