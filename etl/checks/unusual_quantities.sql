-- title: No quantity is five hundred times the usual one
-- dimension: conformity
-- severity: info
-- table: staging.order_lines
-- scope: row
-- join: desk.odd_products by product_key
-- help: The quantity is more than five hundred times the middle quantity of the product's sales (of twenty or more): a slip of the keyboard, or a wholesale order that weighs on every figure of its customer.
kind = 'sale' and quantity > odd_products.highest_quantity
