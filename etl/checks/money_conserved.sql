-- title: Every accepted amount is in the marts
-- dimension: consistency
-- severity: stop
-- table: staging.order_lines
-- help: The marts hold other money than the accepted lines. This is a fault of the program, not of the data: please report it.
select lines.lines, lines.exact_amount - delivered.amount as amount
from (
    select
        count(*) as lines,
        coalesce(sum(quantity * unit_price), 0) as exact_amount,
        coalesce(sum(amount), 0) as rounded_amount
    from staging.order_lines
) as lines
cross join (
    select
        coalesce(sum(accepted_rows - replaced_rows), 0) as lines,
        coalesce(sum(accepted_amount - coalesce(replaced_amount, 0)), 0) as amount
    from meta.batches
    where entity = 'order_lines'
) as delivered
cross join (select coalesce(sum(net_sales), 0) as amount from marts.customer_days) as days
where lines.lines <> delivered.lines
    or lines.exact_amount <> delivered.amount
    or lines.rounded_amount <> days.amount
