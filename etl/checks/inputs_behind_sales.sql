-- title: Spend and events reach as far as the sales
-- dimension: timeliness
-- severity: warn
-- table: meta.batches
-- warn_at: 1
-- help: The newest marketing spend is more than a month older than the newest sale, or the newest event more than a week. The last figures that need them are too low: load the missing files.
select entity, newest_day, observation.observed_until
from (
    select 'marketing_spend' as entity, max(spend_date) as newest_day, 31 as days from raw.marketing_spend
    union all
    select 'engagement_events', max(cast(occurred_at as date)), 7 from raw.engagement_events
) as inputs
cross join staging.observation as observation
where newest_day < observation.observed_until - cast(days as integer)
