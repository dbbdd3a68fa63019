-- grain: day that marts.segment_history tells
-- sort: as_of
-- mends: all
-- as_of DATE: the last 24 observed month ends with a customer, and the last observed day
select distinct as_of
from staging.rfm_totals
