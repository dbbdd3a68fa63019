-- grain: one row per customer with a purchase: the named field of the 5 x 5 grid, recency by frequency and money
select
    customer_key,
    case
        when r_score = 5 then
            case fm_score when 1 then 'New' when 2 then 'Promising' when 3 then 'Active' else 'Champions' end
        when r_score = 4 then
            case fm_score when 1 then 'Promising' when 2 then 'Promising' when 3 then 'Active' when 4 then 'Loyal'
                else 'Champions' end
        when r_score = 3 then
            case fm_score when 1 then 'Almost lost' when 2 then 'Needs attention' when 3 then 'Needs attention'
                else 'Loyal' end
        when r_score = 2 then
            case fm_score when 1 then 'Almost lost' when 2 then 'Almost lost' else 'At risk' end
        else
            case when fm_score <= 3 then 'Dormant' else 'Previously loyal' end
    end as segment
from staging.rfm_scores
