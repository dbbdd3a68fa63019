-- question: What happened in each of the last 13 times 28 days?
-- filters: none
-- columns: first_day DATE, last_day DATE, net_sales DOUBLE, active_customers DOUBLE, new_customers DOUBLE, average_order_value DOUBLE
-- Each as the key figure of that name counts it; the last block is the last 28 days. Only blocks observed in full.
select
    first_day,
    last_day,
    cast(net_sales as double) as net_sales,
    cast(active_customers as double) as active_customers,
    cast(new_customers as double) as new_customers,
    cast(net_sales as double) / nullif(cast(orders as double), 0) as average_order_value
from marts.recent_blocks
order by first_day
