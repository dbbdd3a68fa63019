-- grain: identified customer x purchase day (a day with at least one sale line; orders of one day merge)
-- net_sales: what the day and every later day before the next purchase brought, so that a return nets the purchase
-- it follows and never becomes a purchase itself.
select
    customer_key,
    purchase_number,
    order_date,
    net_sales,
    lag(order_date) over (partition by customer_key order by order_date) as previous_date,
    cast(date_diff('day', lag(order_date) over (partition by customer_key order by order_date), order_date) as integer)
        as gap_days
from (
    select
        customer_key,
        purchase_number,
        min(order_date) as order_date,
        cast(sum(net_sales) as decimal(16, 2)) as net_sales
    from (
        select
            customer_key,
            order_date,
            net_sales,
            sum(case when is_purchase then 1 else 0 end) over (
                partition by customer_key order by order_date rows unbounded preceding
            ) as purchase_number
        from (
            select
                customer_key,
                order_date,
                sum(net_sales) as net_sales,
                bool_or(is_purchase) as is_purchase
            from staging.customer_days
            where customer_key is not null
            group by customer_key, order_date
        ) as days
    ) as numbered
    where purchase_number > 0
    group by customer_key, purchase_number
) as purchases
