-- title: Sales are as high as on the same weekdays before
-- dimension: consistency
-- severity: warn
-- table: desk.tested_days
-- scope: row
-- warn_at: 1
-- help: Days of the newest week are held against the same weekdays of the eight weeks before. The amount is what these days have more or less than usual. Look at the number of lines and the order value to see which of them moved.
series = 'sales' and verdict is not null
