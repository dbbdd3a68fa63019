-- title: Goods have a price
-- dimension: completeness
-- severity: info
-- table: staging.order_lines
-- scope: row
-- help: Lines with a price of zero are gifts, samples or stock corrections. They are no purchase, unless the source declares that they are.
unit_price = 0
