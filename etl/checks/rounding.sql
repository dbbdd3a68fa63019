-- title: Line amounts are whole cents
-- dimension: consistency
-- severity: info
-- table: staging.order_lines
-- help: Quantity x price is rounded to cents per line. The amount here is what the rounding adds or takes, line by line.
select
    line.batch_id, line.line_number, line.order_id, source.customer_id, line.quantity, line.unit_price,
    cast(line.amount - line.quantity * line.unit_price as decimal(16, 4)) as amount
from staging.order_lines as line
inner join raw.order_lines as source
    on source.batch_id = line.batch_id and source.line_number = line.line_number
where line.amount <> line.quantity * line.unit_price
