-- grain: customer x product x (one order that sold pieces or one line that gives pieces back), in the order of time
-- mends: customer_key
-- Pieces lie on a stack: an order puts its own on top, a line back takes from the top, so the newest are refunded
-- first. below and above are the height of the stack before and after (after and before, for a line back). What
-- lines name themselves is taken out of the order first. Only customers and products with something to link are here.
select
    customer_key,
    product_key,
    place,
    order_id,
    order_date,
    batch_id,
    line_number,
    pieces,
    least(height, coalesce(lag(height) over (partition by customer_key, product_key order by place), 0)) as below,
    greatest(height, coalesce(lag(height) over (partition by customer_key, product_key order by place), 0)) as above
from (
    select
        numbered.*,
        -- An empty stack stays empty: what was taken beyond it is added back.
        balance - least(0, min(balance) over (
            partition by customer_key, product_key order by place rows unbounded preceding
        )) as height
    from (
        select
            moves.*,
            row_number() over (
                partition by customer_key, product_key
                order by ordered_at asc, pieces desc, order_id asc, batch_id asc, line_number asc
            ) as place,
            sum(pieces) over (
                partition by customer_key, product_key
                order by ordered_at asc, pieces desc, order_id asc, batch_id asc, line_number asc
                rows unbounded preceding
            ) as balance
        from (
            select
                sold.customer_key,
                sold.product_key,
                sold.order_id,
                sold.order_date,
                sold.ordered_at,
                cast(null as varchar) as batch_id,
                cast(null as bigint) as line_number,
                greatest(0, sold.quantity - coalesce(named.quantity, 0)) as pieces
            from staging.refundable_orders as sold
            left join (
                select named_order_id, named_order_date, customer_key, product_key, -sum(quantity) as quantity
                from staging.refund_lines
                where named_order_date is not null and quantity < 0
                group by named_order_id, named_order_date, customer_key, product_key
            ) as named
                on named.named_order_id = sold.order_id
                and named.named_order_date = sold.order_date
                and named.customer_key = sold.customer_key
                and named.product_key = sold.product_key
            union all
            select
                customer_key, product_key, order_id, order_date, ordered_at, batch_id, line_number, quantity as pieces
            from staging.refund_lines
            where quantity < 0 and named_order_id is null and customer_key is not null and product_key is not null
        ) as moves
    ) as numbered
) as heights
