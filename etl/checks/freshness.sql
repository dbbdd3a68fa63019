-- title: The newest sale is less than eight days old
-- dimension: timeliness
-- severity: info
-- table: staging.observation
-- scope: row
-- help: The delivery ends more than a week before this refresh. All ages are counted to its last day, so figures stay consistent but old.
observed_until < (select cast(started_at as date) - interval 7 day from run.policy)
