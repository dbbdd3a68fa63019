-- grain: one row per customer with a purchase: where the customer stands, by the usual gap between purchases
select
    rfm.customer_key,
    case
        when rfm.days_since_last_order > 2 * rule.usual_gap_days then 'lapsed'
        when rfm.days_since_last_order > rule.usual_gap_days then 'at_risk'
        when rfm.purchase_days = 1 then 'new'
        when late.customer_key is not null then 'reactivated'
        else 'active'
    end as customer_state
from staging.rfm as rfm
cross join staging.gap_rule as rule
left join (
    select purchases.customer_key, purchases.purchase_number
    from staging.purchase_days as purchases
    cross join staging.gap_rule as rule
    where purchases.gap_days - 1 > 2 * rule.usual_gap_days  -- as in marts.state_changes
) as late on late.customer_key = rfm.customer_key and late.purchase_number = rfm.purchase_days
