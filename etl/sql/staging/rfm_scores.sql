-- grain: one row per customer with a purchase: quintile scores on the last observed day
-- kept: no
select
    scores.customer_key,
    scores.r_score,
    scores.f_score,
    scores.m_score,
    scores.fm_score
from staging.rfm_history as scores
inner join staging.observation as observation on observation.observed_until = scores.as_of
