-- grain: one row; the last day marts.relationships counts, 180 days before the end of the last month that is over
-- A month that is under way moves it not: relationships of customers who buy nothing stay as they are.
select cast(coalesce(max(months.month_end), max(observation.observed_until)) - 180 as date) as cut_off
from staging.observation as observation
left join staging.months as months
    on months.month_end >= observation.observed_from and months.month_end <= observation.observed_until
