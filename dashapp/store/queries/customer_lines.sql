-- question: Which lines make up this customer's latest orders and returns?
-- filters: none
-- columns: order_id VARCHAR, order_date DATE, product_id VARCHAR, product_name VARCHAR, kind VARCHAR, quantity DOUBLE, unit_price DOUBLE, amount DECIMAL(16,2)
select
    l.order_id,
    l.order_date,
    p.product_id,
    p.product_name,
    l.kind,
    cast(l.quantity as double) as quantity,
    cast(l.unit_price as double) as unit_price,
    cast(l.amount as decimal(16, 2)) as amount
from marts.order_lines l
left join marts.products p using (product_key)
where l.customer_key = $customer_key
order by l.order_date desc, l.order_id, l.amount desc
limit 500
