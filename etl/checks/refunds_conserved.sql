-- title: Refunds are the negative lines
-- dimension: consistency
-- severity: stop
-- table: marts.refunds
-- help: The refunds hold other money or pieces than the lines they come from. This is a fault of the program, not of the data: please report it.
select
    line.batch_id,
    line.line_number,
    line.customer_key,
    line.amount - coalesce(refund.amount, 0) as amount
from (
    select batch_id, line_number, customer_key, quantity, amount
    from staging.order_lines
    where kind = 'return' or amount < 0
) as line
full outer join (
    select batch_id, line_number, sum(quantity) as quantity, sum(amount) as amount
    from marts.refunds
    group by batch_id, line_number
) as refund on refund.batch_id = line.batch_id and refund.line_number = line.line_number
where line.amount is distinct from refund.amount or line.quantity is distinct from refund.quantity
