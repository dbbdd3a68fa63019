-- title: The newest sale is less than eight days old
-- dimension: timeliness
-- severity: info
-- table: staging.observation
-- help: The delivery ends more than a week before this refresh. All ages are counted to its last day, so figures stay consistent but old.
select observation.observed_until
from staging.observation as observation
cross join run.policy as policy
where observation.observed_until < cast(policy.started_at as date) - interval 7 day
