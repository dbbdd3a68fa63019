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
        purchases.purchase_number,
        purchases.order_date,
        purchases.gap_days,
        cast(rule.usual_gap_days as integer) as usual_gap_days,
        lag(purchases.gap_days) over (
            partition by purchases.customer_key order by purchases.order_date
        ) as gap_before,
        lead(purchases.order_date) over (
            partition by purchases.customer_key order by purchases.order_date
        ) as next_date
    from staging.purchase_days as purchases
    cross join staging.gap_rule as rule
),

silences as (
    select
        purchases.customer_key,
        purchases.order_date,
        purchases.usual_gap_days,
        coalesce(purchases.next_date, seen.observed_until + 1) as silent_until
    from purchases
    cross join staging.observation as seen
),

changes as (
    select
        customer_key,
        order_date as changed_on,
        case
            when purchase_number = 1 then 'new'
            when gap_days - 1 > 2 * usual_gap_days then 'reactivated'
            else 'active'
        end as state
    from purchases
    where purchase_number <= 2 or gap_days - 1 > usual_gap_days or gap_before - 1 > 2 * usual_gap_days
    union all
    select
        customer_key,
        cast(order_date + usual_gap_days + 1 as date) as changed_on,
        'at_risk' as state
    from silences
    where order_date + usual_gap_days + 1 < silent_until
    union all
    select
        customer_key,
        cast(order_date + 2 * usual_gap_days + 1 as date) as changed_on,
        'lapsed' as state
    from silences
    where order_date + 2 * usual_gap_days + 1 < silent_until
)

select
    customer_key,
    changed_on,
    state,
    lag(state) over walk as state_before,
    max(case when state in ('new', 'reactivated') then changed_on end) over (
        walk rows unbounded preceding
    ) as joined_on
from changes
window walk as (partition by customer_key order by changed_on, state)
