-- grain: one of the last 13 times 28 days, if it was observed in full
-- sort: first_day
-- mends: all
-- first_day DATE: of the block
-- last_day DATE: of the block; of the newest one the last observed day
-- net_sales DECIMAL(18,2): gross sales - returns
-- orders INTEGER: purchase orders
-- active_customers INTEGER: with a purchase
-- new_customers INTEGER: with the first one
with days as (
    select
        bought.customer_key,
        bought.orders,
        bought.net_sales,
        bought.is_purchase,
        bought.customer_type,
        date_diff('day', bought.order_date, seen.observed_until) // 28 as place
    from marts.customer_days as bought
    cross join staging.observation as seen
    where bought.order_date > seen.observed_until - 28 * 13
),

sums as (
    select
        place,
        sum(net_sales) as net_sales,
        sum(orders) as orders
    from days
    group by place
),

people as (
    select
        place,
        sum(case when bought then 1 else 0 end) as active_customers,
        sum(case when is_new then 1 else 0 end) as new_customers
    from (
        select place, customer_key, bool_or(is_purchase) as bought, bool_or(customer_type = 'new') as is_new
        from days
        where customer_key is not null
        group by place, customer_key
    ) as buyers
    group by place
)

select
    cast(seen.observed_until - 28 * blocks.place - 27 as date) as first_day,
    cast(seen.observed_until - 28 * blocks.place as date) as last_day,
    cast(coalesce(sums.net_sales, 0) as decimal(18, 2)) as net_sales,
    cast(coalesce(sums.orders, 0) as integer) as orders,
    cast(coalesce(people.active_customers, 0) as integer) as active_customers,
    cast(coalesce(people.new_customers, 0) as integer) as new_customers
from (select cast(unnest(range(13)) as integer) as place) as blocks
cross join staging.observation as seen
left join sums on sums.place = blocks.place
left join people on people.place = blocks.place
where seen.observed_until - 28 * blocks.place - 27 >= seen.observed_from
