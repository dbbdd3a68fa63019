-- title: Goods have a price
-- dimension: completeness
-- severity: info
-- table: staging.order_lines
-- help: Lines with a price of zero are gifts, samples or stock corrections. They are no purchase, unless the source declares that they are.
select batch_id, line_number, order_id, customer_id, quantity, unit_price, kind, amount
from staging.order_lines
where unit_price = 0
