-- title: As many lines arrive as on the same weekdays before
-- dimension: completeness
-- severity: warn
-- table: desk.tested_days
-- scope: row
-- warn_at: 1
-- help: Days of the newest week are held against the same weekdays of the eight weeks before. Few lines: a part of the delivery may be missing. Many: it may hold something twice. A holiday or a campaign does the same.
series = 'lines' and verdict is not null
