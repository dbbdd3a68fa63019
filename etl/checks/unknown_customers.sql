-- title: Every customer who buys is in the customer list
-- dimension: consistency
-- severity: info
-- table: staging.order_lines
-- scope: row
-- join: desk.odd_customers by customer_key
-- help: A customer list was loaded, but these numbers are not in it: no name, and no country or channel from the list. Add them to the list.
odd_customers.is_unlisted
