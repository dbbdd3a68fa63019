-- title: Goods are sold above their cost
-- dimension: consistency
-- severity: info
-- table: staging.order_lines
-- scope: row
-- help: The price of these sales is below the cost: a clearance, or a cost of another unit or time. The money lost is in the margin.
kind = 'sale' and margin < 0
