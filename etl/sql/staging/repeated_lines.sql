-- grain: one accepted line that says what an earlier line of its order says already
-- mends: order_date
select
    line.batch_id, line.line_number, line.order_id, line.ordered_at, line.order_date, numbered.customer_id,
    line.product_key, line.quantity, line.unit_price, line.amount
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
            group by order_id, order_date, product_key, quantity, unit_price
            having count(*) > 1
        ) as repeated
    ) as suspects on suspects.order_id = source.order_id
) as numbered
inner join staging.order_lines as line
    on line.batch_id = numbered.batch_id and line.line_number = numbered.line_number
where numbered.occurrence > 1
