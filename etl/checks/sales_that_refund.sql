-- title: A line that refunds an order gives something back
-- dimension: consistency
-- severity: warn
-- table: staging.order_lines
-- scope: row
-- help: The line names the order it refunds but has a quantity and a price above zero, so it counts as a sale. The sign may have been lost on the way.
kind = 'sale' and refunded_order_id is not null
