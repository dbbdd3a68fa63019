-- grain: line that gives pieces back x order it refunds: how many pieces
-- mends: customer_key
-- Between two neighbouring heights the stack is filled and emptied in turn: what is emptied there was filled by the
-- event just before it.
select
    customer_key,
    batch_id,
    line_number,
    refunded_order_id,
    refunded_order_date,
    sum(thickness) as pieces
from (
    select
        events.customer_key,
        events.batch_id,
        events.line_number,
        events.pieces,
        levels.above - levels.below as thickness,
        lag(events.order_id) over (
            partition by events.customer_key, events.product_key, levels.below order by events.place
        ) as refunded_order_id,
        lag(events.order_date) over (
            partition by events.customer_key, events.product_key, levels.below order by events.place
        ) as refunded_order_date
    from staging.refund_events as events
    inner join (
        select
            customer_key,
            product_key,
            height as below,
            lead(height) over (partition by customer_key, product_key order by height) as above
        from (
            select customer_key, product_key, below as height from staging.refund_events
            union
            select customer_key, product_key, above as height from staging.refund_events
        ) as heights
    ) as levels
        on levels.customer_key = events.customer_key
        and levels.product_key = events.product_key
        and levels.below >= events.below
        and levels.above <= events.above
) as turns
where pieces < 0
group by customer_key, batch_id, line_number, refunded_order_id, refunded_order_date
