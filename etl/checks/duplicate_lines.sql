-- title: No line occurs twice
-- dimension: uniqueness
-- severity: warn
-- table: staging.order_lines
-- help: Equal lines of one order may be two pieces rung up one by one or one line exported twice; nobody can tell from the data, so they are kept. The amount is what the repeated lines add.
select batch_id, line_number, order_id, ordered_at, customer_id, product_key, quantity, unit_price, amount
from staging.repeated_lines
