-- grain: customer with a purchase x change of state
-- sort: changed_on, customer_key
-- mends: all
-- customer_key UINTEGER: as in marts.customers
-- changed_on DATE: first day in the new state
-- state VARCHAR: new, at_risk, lapsed, reactivated (bought after having lapsed), active (bought after any other)
-- state_before VARCHAR: the state it ends; null for new
-- joined_on DATE: the day, this one or before, on which the customer last came in: new or reactivated
-- The states are those of customer_state, told for every day: without a purchase for the usual gap a customer is at
-- risk, for twice of it lapsed. The usual gap is that of the whole observation. A day with a purchase is no silent one:
-- who buys on the day on which he would have lapsed never did, so the silence before a purchase is its gap less a day.
with purchases as (
    select
        purchases.customer_key,
        purchases.order_date,
        purchases.purchase_number,
        purchases.gap_days - 1 as silent_days,
        lag(purchases.gap_days) over walk - 1 as silent_days_before,
        coalesce(lead(purchases.order_date) over walk, seen.observed_until + 1) as silent_until,
        max(
            case when purchases.purchase_number = 1 or purchases.gap_days - 1 > 2 * rule.usual_gap_days
                then purchases.order_date end
        ) over (walk rows unbounded preceding) as joined_on,
        cast(rule.usual_gap_days as integer) as usual_gap_days
    from staging.purchase_days as purchases
    cross join staging.gap_rule as rule
    cross join staging.observation as seen
    window walk as (partition by purchases.customer_key order by purchases.order_date)
),

told as (
    select
        customer_key,
        order_date,
        usual_gap_days,
        silent_until,
        joined_on,
        case
            when purchase_number = 1 then 'new'
            when silent_days > 2 * usual_gap_days then 'reactivated'
            else 'active'
        end as state,
        case
            when silent_days > 2 * usual_gap_days then 'lapsed'
            when silent_days > usual_gap_days then 'at_risk'
            when purchase_number = 2 then 'new'
            when silent_days_before > 2 * usual_gap_days then 'reactivated'
            when purchase_number > 2 then 'active'
        end as state_before
    from purchases
)

select
    customer_key,
    order_date as changed_on,
    state,
    state_before,
    joined_on
from told
where state <> coalesce(state_before, '')
union all
select
    customer_key,
    cast(order_date + usual_gap_days + 1 as date) as changed_on,
    'at_risk' as state,
    state as state_before,
    joined_on
from told
where order_date + usual_gap_days + 1 < silent_until
union all
select
    customer_key,
    cast(order_date + 2 * usual_gap_days + 1 as date) as changed_on,
    'lapsed' as state,
    'at_risk' as state_before,
    joined_on
from told
where order_date + 2 * usual_gap_days + 1 < silent_until
