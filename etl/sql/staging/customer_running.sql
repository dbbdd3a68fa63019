-- grain: customer x month with a line: what the customer came to by the end of it, until the next such month
-- mends: customer_key
select
    customer_key,
    month,
    lead(month) over (partition by customer_key order by month) as next_month,
    max(last_order_date) over (partition by customer_key order by month rows unbounded preceding) as last_order_date,
    sum(orders) over (partition by customer_key order by month rows unbounded preceding) as orders,
    sum(net_sales) over (partition by customer_key order by month rows unbounded preceding) as net_sales
from (
    select
        customer_key,
        cast(date_trunc('month', order_date) as date) as month,
        max(case when is_purchase then order_date end) as last_order_date,
        sum(orders) as orders,
        sum(net_sales) as net_sales
    from staging.customer_days
    where customer_key is not null
    group by customer_key, cast(date_trunc('month', order_date) as date)
) as months
