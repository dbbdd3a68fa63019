-- grain: one row per product code, sold or listed: the delivery it first came with
-- mends: product_id
select came.product_id, min(batch.delivery) as delivery
from (
    select distinct product_id, batch_id from raw.order_lines where product_id is not null
    union all
    select product_id, batch_id from raw.products where product_id is not null
    union all
    select product_id, batch_id from raw.prices where product_id is not null
    union all
    select product_id, batch_id from raw.costs where product_id is not null
) as came
inner join run.deliveries as batch on batch.batch_id = came.batch_id
group by came.product_id
