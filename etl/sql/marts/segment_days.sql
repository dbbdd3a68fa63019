-- grain: day that marts.segment_history tells
-- sort: as_of
-- mends: all
-- as_of DATE: the last 24 observed month ends with a customer, and the last observed day
-- lapsed_beyond INTEGER: days since the last order, twice the usual gap: who is beyond has customer_state 'lapsed'
select distinct
    totals.as_of,
    cast(2 * rule.usual_gap_days as integer) as lapsed_beyond
from staging.rfm_totals as totals
cross join staging.gap_rule as rule
