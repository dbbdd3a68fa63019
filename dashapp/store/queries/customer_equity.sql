-- question: What are the customers of today worth, and what would those bring who come within the horizon if acquisition went on?
-- grain: a month of the horizon
-- filters: none
-- columns: first_day DATE, last_day DATE, customers DOUBLE, value_per_customer DOUBLE, discount DOUBLE, amount DECIMAL(18,2), won_from DATE, won_until DATE, won BIGINT, won_before BIGINT, window_days INTEGER, note VARCHAR, base_customers BIGINT, base_value DECIMAL(18,2), base_low DOUBLE, base_high DOUBLE, horizon_days INTEGER, annual_discount_rate DOUBLE, gross_margin DOUBLE
-- One row with the reason in note where there is no scenario. base_value is predicted by the model, amount is assumed;
-- the two are never in one column. base_low and base_high hold 80 %.
with base as (
    select count(clv) as base_customers, cast(sum(clv) as decimal(18, 2)) as base_value
    from marts.customers
), bounds as (
    select any_value(low) as base_low, any_value(high) as base_high
    from marts.clv_totals
    where kind = 'all'
)
select
    f.first_day, f.last_day, f.customers, f.value_per_customer, f.discount, f.amount,
    f.won_from, f.won_until, f.won, f.won_before, f.window_days, f.note,
    base.base_customers, base.base_value, bounds.base_low, bounds.base_high,
    s.horizon_days, s.annual_discount_rate, s.gross_margin
from marts.future_cohorts as f
cross join base
cross join bounds
cross join meta.snapshot as s
order by f.first_day
