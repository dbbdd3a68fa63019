-- title: A customer number stands for one customer
-- dimension: conformity
-- severity: warn
-- table: staging.order_lines
-- scope: row
-- join: desk.odd_customers by customer_key
-- help: Numbers such as 0, 9999, guest or null gather the purchases of many people under one customer, who then looks like the best of the shop. Leave the field empty for them.
odd_customers.is_placeholder
