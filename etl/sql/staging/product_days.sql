-- grain: product x identified customer x day with a sale of it; charge codes included
-- mends: order_date
-- Few have more than one line: only of these the orders are counted, and orders first, then days: counting distinct
-- orders inside each of many small groups costs many times as much.
with days as (
    select
        product_key,
        customer_key,
        order_date,
        count(*) as lines,
        sum(quantity) as quantity,
        sum(amount) as amount
    from staging.order_lines
    where kind = 'sale' and customer_key is not null and product_key is not null
    group by product_key, customer_key, order_date
),
busy as (
    select product_key, customer_key, order_date, count(*) as orders
    from (
        select distinct line.product_key, line.customer_key, line.order_date, line.order_id
        from staging.order_lines as line
        semi join (select product_key, customer_key, order_date from days where lines > 1) as several
            on several.product_key = line.product_key
            and several.customer_key = line.customer_key
            and several.order_date = line.order_date
        where line.kind = 'sale'
    ) as orders
    group by product_key, customer_key, order_date
)
select
    days.product_key,
    days.customer_key,
    days.order_date,
    cast(coalesce(busy.orders, 1) as integer) as orders,
    days.quantity,
    days.amount
from days
left join busy
    on busy.product_key = days.product_key
    and busy.customer_key = days.customer_key
    and busy.order_date = days.order_date
