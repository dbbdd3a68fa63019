-- grain: one row per day segments are told for: the last 24 observed month ends, and the last observed day
-- until_month: purchases up to this month count; beyond any month for the last observed day, so that nothing is left out
select
    observed_until as as_of,
    cast('9999-12-01' as date) as until_month
from staging.observation
union all
select
    months.month_end as as_of,
    months.month as until_month
from staging.months as months
cross join staging.observation as observation
where
    months.month_end < observation.observed_until
    and date_diff('month', months.month, observation.observed_until) <= 24
