-- grain: one row per customer with a purchase: where the customer stands, by the usual gap between purchases
select
    rfm.customer_key,
    case
        when rfm.days_since_last_order > 2 * rule.usual_gap_days then 'lapsed'
        when rfm.days_since_last_order > rule.usual_gap_days then 'at_risk'
        when rfm.purchase_days = 1 then 'new'
        when rfm.last_gap_days > 2 * rule.usual_gap_days then 'reactivated'
        else 'active'
    end as customer_state
from staging.rfm as rfm
cross join staging.gap_rule as rule
