-- title: No price is twenty times the usual one
-- dimension: conformity
-- severity: info
-- table: staging.order_lines
-- scope: row
-- join: desk.odd_products by product_key
-- help: The price is more than twenty times the middle price of the product's sales (of twenty or more): a decimal point may be lost, or a whole order was put on one line.
kind = 'sale' and unit_price > odd_products.highest_price
