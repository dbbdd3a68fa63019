-- grain: one row per customer with a purchase: the segment on the last observed day
select
    history.customer_key,
    history.segment
from staging.segment_history as history
inner join staging.observation as observation on observation.observed_until = history.as_of
