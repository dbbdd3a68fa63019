-- title: No price is negative
-- dimension: conformity
-- severity: warn
-- table: staging.order_lines
-- help: A negative price is treated as an adjustment: its money counts, it is neither a sale nor a return.
select batch_id, line_number, order_id, customer_id, quantity, unit_price, amount
from staging.order_lines
where unit_price < 0
