-- title: Line amounts are whole cents
-- dimension: consistency
-- severity: info
-- table: staging.order_lines
-- help: Quantity x price is rounded to cents per line. The amount here is what the rounding adds or takes, line by line.
select
    batch_id, line_number, order_id, customer_id, quantity, unit_price,
    cast(amount - quantity * unit_price as decimal(16, 4)) as amount
from staging.order_lines
where amount <> quantity * unit_price
