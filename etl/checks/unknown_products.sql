-- title: Every sold product is in the product list
-- dimension: consistency
-- severity: warn
-- table: staging.order_lines
-- scope: row
-- join: desk.odd_products by product_key
-- help: A product list was loaded, but these codes are not in it: no category, no cost. Add them to the list.
kind in ('sale', 'return') and odd_products.is_unlisted
