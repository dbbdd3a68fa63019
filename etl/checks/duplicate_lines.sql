-- title: No line occurs twice
-- dimension: uniqueness
-- severity: warn
-- table: staging.order_lines
-- help: Equal lines of one order may be two pieces rung up one by one or one line exported twice; nobody can tell from the data, so they are kept. The amount is what the repeated lines add.
select
    line.batch_id, line.line_number, line.order_id, line.ordered_at, numbered.customer_id, line.product_key, line.quantity,
    line.unit_price, line.amount
from (
    select
        source.batch_id,
        source.line_number,
        source.customer_id,
        row_number() over (
            partition by
                source.order_id, source.ordered_at, source.customer_id, source.product_id, source.quantity,
                source.unit_price, source.product_name, source.country, source.channel, source.line_id
            order by source.batch_id, source.line_number
        ) as occurrence
    from raw.order_lines as source
    inner join (
        -- Orders in which a product, quantity and price occur twice: only their lines need a closer look.
        select distinct order_id
        from (
            select order_id
            from staging.order_lines
            group by order_id, product_key, quantity, unit_price
            having count(*) > 1
        ) as repeated
    ) as suspects on suspects.order_id = source.order_id
) as numbered
inner join staging.order_lines as line
    on line.batch_id = numbered.batch_id and line.line_number = numbered.line_number
where numbered.occurrence > 1
