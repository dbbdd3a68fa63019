-- grain: product x identified customer who bought it; charge codes included
-- mends: customer_key
select
    product_key,
    customer_key,
    cast(sum(orders) as integer) as orders,
    cast(count(*) as integer) as purchase_days,
    cast(sum(quantity) as double) as units,
    cast(sum(amount) as decimal(16, 2)) as gross_sales,
    min(order_date) as first_order_date
from staging.product_days
group by product_key, customer_key
