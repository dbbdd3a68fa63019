-- title: Every line has a quantity
-- dimension: completeness
-- severity: info
-- table: staging.order_lines
-- scope: row
-- help: A quantity of zero sells nothing: the line is no purchase and has no money. Often a cancelled line or a text entered as a product.
quantity = 0
