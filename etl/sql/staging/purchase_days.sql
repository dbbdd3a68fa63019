-- grain: identified customer x purchase day (a day with at least one sale line; orders of one day merge)
-- mends: customer_key
-- net_sales: what the day and every later day before the next purchase brought, so that a return nets the purchase
-- it follows and never becomes a purchase itself. Few customers have days without a purchase: only theirs are walked.
with returned as (
    select
        customer_key,
        bought_on,
        sum(net_sales) as net_sales
    from (
        select
            customer_key,
            net_sales,
            is_purchase,
            max(case when is_purchase then order_date end) over (
                partition by customer_key order by order_date rows unbounded preceding
            ) as bought_on
        from staging.customer_dates
        where customer_key in (select customer_key from staging.customer_dates where not is_purchase)
    ) as walked
    where not is_purchase and bought_on is not null
    group by customer_key, bought_on
)

select
    days.customer_key,
    row_number() over walk as purchase_number,
    days.order_date,
    cast(days.net_sales + coalesce(returned.net_sales, 0) as decimal(16, 2)) as net_sales,
    cast(date_diff('day', lag(days.order_date) over walk, days.order_date) as integer) as gap_days,
    lag(days.order_date, 2) over walk as last_but_one
from staging.customer_dates as days
left join returned on returned.customer_key = days.customer_key and returned.bought_on = days.order_date
where days.is_purchase
window walk as (partition by days.customer_key order by days.order_date)
