-- title: As many customers are new as on the same weekdays before
-- dimension: consistency
-- severity: warn
-- table: desk.tested_days
-- scope: row
-- warn_at: 1
-- help: Days of the newest week are held against the same weekdays of the eight weeks before. Many new customers at once may be the old ones under new numbers; none may be numbers that are no longer delivered.
series = 'new_customers' and verdict is not null
