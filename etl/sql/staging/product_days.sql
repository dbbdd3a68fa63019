-- grain: product x identified customer x day with a sale of it; charge codes included
-- Orders first, then days: counting distinct orders inside each of millions of small groups costs many times as much.
select
    product_key,
    customer_key,
    order_date,
    cast(count(*) as integer) as orders,
    sum(quantity) as quantity,
    sum(amount) as amount
from (
    select
        product_key,
        customer_key,
        order_date,
        order_id,
        sum(quantity) as quantity,
        sum(amount) as amount
    from staging.order_lines
    where kind = 'sale' and customer_key is not null and product_key is not null
    group by product_key, customer_key, order_date, order_id
) as orders
group by product_key, customer_key, order_date
