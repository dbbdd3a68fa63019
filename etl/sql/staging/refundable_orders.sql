-- grain: order x customer x day x product with pieces sold, of customers who gave pieces of the product back
-- mends: customer_key
select
    line.customer_key,
    line.product_key,
    line.order_id,
    line.order_date,
    min(line.ordered_at) as ordered_at,
    sum(line.quantity) as quantity
from staging.order_lines as line
inner join (
    select distinct customer_key, product_key
    from staging.refund_lines
    where quantity < 0
) as returned on returned.customer_key = line.customer_key and returned.product_key = line.product_key
where line.quantity > 0 and line.unit_price > 0
group by line.customer_key, line.product_key, line.order_id, line.order_date
