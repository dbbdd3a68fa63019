-- title: No line occurs twice
-- dimension: uniqueness
-- severity: warn
-- table: staging.order_lines
-- help: Equal lines of one order may be two pieces rung up one by one or one line exported twice; nobody can tell from the data, so they are kept. The amount is what the repeated lines add.
select
    batch_id, line_number, order_id, ordered_at, customer_id, product_key, quantity, unit_price, amount
from (
    select
        line.*,
        row_number() over (
            partition by
                line.order_id, line.ordered_at, line.customer_id, line.product_key, line.quantity, line.unit_price,
                source.product_name, source.country, source.channel, source.line_id
            order by line.batch_id, line.line_number
        ) as occurrence
    from staging.order_lines as line
    inner join raw.order_lines as source
        on source.batch_id = line.batch_id and source.line_number = line.line_number
) as numbered
where occurrence > 1
