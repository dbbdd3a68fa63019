-- title: Orders are worth as much as on the same weekdays before
-- dimension: consistency
-- severity: warn
-- table: desk.tested_days
-- scope: row
-- warn_at: 1
-- help: Days of the newest week are held against the same weekdays of the eight weeks before. Prices in another currency or unit, or with another tax, move the value of all orders at once.
series = 'order_value' and verdict is not null
