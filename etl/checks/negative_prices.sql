-- title: No price is negative
-- dimension: conformity
-- severity: warn
-- table: staging.order_lines
-- scope: row
-- help: A negative price is treated as an adjustment: its money counts, it is neither a sale nor a return.
unit_price < 0
