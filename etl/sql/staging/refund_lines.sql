-- grain: one line that gives money or goods back: every return, and every other line of negative amount
-- An order the line names itself is taken at its word, if there is such an order on that day or before.
select
    line.batch_id,
    line.line_number,
    line.order_id,
    line.ordered_at,
    line.order_date,
    line.customer_key,
    line.product_key,
    line.quantity,
    line.amount,
    line.kind,
    line.refunded_order_id as named_order_id,
    max(named.order_date) as named_order_date
from staging.order_lines as line
left join staging.orders as named
    on named.order_id = line.refunded_order_id
    and named.order_date <= line.order_date
    and named.gross_sales > 0
where line.kind = 'return' or line.amount < 0
group by
    line.batch_id, line.line_number, line.order_id, line.ordered_at, line.order_date, line.customer_key,
    line.product_key, line.quantity, line.amount, line.kind, line.refunded_order_id
