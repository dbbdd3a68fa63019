-- title: No more lines lack a customer than on the same weekdays before
-- dimension: completeness
-- severity: warn
-- table: desk.tested_days
-- scope: row
-- warn_at: 1
-- help: Days of the newest week are held against the same weekdays of the eight weeks before. Only a rise is told: customer numbers may have stopped arriving from one shop or channel.
series = 'share_without_customer' and verdict is not null and deviation > 0
