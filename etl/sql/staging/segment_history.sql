-- grain: day of staging.segment_dates x customer with a purchase by then: the named field of the 5 x 5 grid, recency by
-- frequency and money
-- kept: no
select
    scores.customer_key,
    scores.as_of,
    case
        when scores.r_score = 5 then
            case scores.fm_score when 1 then 'New' when 2 then 'Promising' when 3 then 'Active' else 'Champions' end
        when scores.r_score = 4 then
            case scores.fm_score when 1 then 'Promising' when 2 then 'Promising' when 3 then 'Active' when 4 then 'Loyal'
                else 'Champions' end
        when scores.r_score = 3 then
            case scores.fm_score when 1 then 'Almost lost' when 2 then 'Needs attention' when 3 then 'Needs attention'
                else 'Loyal' end
        when scores.r_score = 2 then
            case scores.fm_score when 1 then 'Almost lost' when 2 then 'Almost lost' else 'At risk' end
        else
            case when scores.fm_score <= 3 then 'Dormant' else 'Previously loyal' end
    end as segment,
    scores.days_since_last_order
from staging.rfm_history as scores
