-- question: Whose money made the difference between the period and the one it is compared with?
-- grain: a kind of customer
-- filters: all
-- kept: {}
-- columns: period_start DATE, period_end DATE, before_start DATE, before_end DATE, kind VARCHAR, customers BIGINT, orders_before BIGINT, orders_now BIGINT, sales_before DECIMAL(18,2), sales_now DECIMAL(18,2), value_before DECIMAL(18,2), value_now DECIMAL(18,2), buyers_before BIGINT, buyers_now BIGINT, bought_value_before DECIMAL(18,2), bought_value_now DECIMAL(18,2)
-- Where nothing is compared it is the period right before; without a period ("all time") the last 12 complete months
-- stand against the 12 before. The filters choose rows of every day; the two periods are cut here, and a day is in both
-- where they overlap. sales_ and bought_value_ count customers with an order in that period only; value_ everything.
with asked as (
    select
        case when $period_start < $observed_from and $period_end >= $observed_until
            then cast(date_trunc('month', $observed_until + interval 1 day) - interval 12 month as date)
            else $period_start end as period_start,
        case when $period_start < $observed_from and $period_end >= $observed_until
            then cast(date_trunc('month', $observed_until + interval 1 day) - interval 1 day as date)
            else $period_end end as period_end,
        $period_start < $observed_from and $period_end >= $observed_until as is_all
), periods as (
    select
        period_start,
        period_end,
        case when is_all then cast(period_start - interval 12 month as date)
            else coalesce($previous_start, $before_start) end as before_start,
        case when is_all then period_start - 1 else coalesce($previous_end, $before_end) end as before_end
    from asked
), sides as (
    select true as is_now, period_start as first_day, period_end as last_day from periods
    union all
    select false as is_now, before_start as first_day, before_end as last_day from periods
), lines as (
    select
        d.customer_key,
        sides.is_now,
        d.orders,
        d.net_sales,
        d.value
    from (
        select
            order_date as day, $period_start as order_date, customer_key, country, channel, segment, orders,
            net_sales, {value} as value
        from marts.customer_days
    ) d
    join sides on d.day between sides.first_day and sides.last_day
    where {where}
), each as (
    select
        customer_key,
        coalesce(sum(orders) filter (not is_now), 0) as orders_before,
        coalesce(sum(orders) filter (is_now), 0) as orders_now,
        coalesce(sum(net_sales) filter (not is_now), 0) as sales_before,
        coalesce(sum(net_sales) filter (is_now), 0) as sales_now,
        coalesce(sum(value) filter (not is_now), 0) as value_before,
        coalesce(sum(value) filter (is_now), 0) as value_now
    from lines
    group by customer_key
), told as (
    select
        each.*,
        case
            when each.customer_key is null then 'unidentified'
            when orders_before = 0 and orders_now = 0 then 'neither'
            when orders_now = 0 then 'lost'
            when orders_before = 0 and c.customer_key is not null then 'new'
            when orders_before = 0 then 'reactivated'
            when value_now > value_before then 'grew'
            when value_now < value_before then 'shrank'
            else 'same'
        end as kind,
        each.customer_key is not null and orders_before > 0 as bought_before,
        each.customer_key is not null and orders_now > 0 as bought_now
    from each
    left join (
        select customer_key from marts.customers where first_order_date >= (select period_start from periods)
    ) c on c.customer_key = each.customer_key
)
select
    any_value(periods.period_start) as period_start,
    any_value(periods.period_end) as period_end,
    any_value(periods.before_start) as before_start,
    any_value(periods.before_end) as before_end,
    kind,
    count(customer_key) as customers,
    cast(coalesce(sum(orders_before) filter (bought_before), 0) as bigint) as orders_before,
    cast(coalesce(sum(orders_now) filter (bought_now), 0) as bigint) as orders_now,
    cast(coalesce(sum(sales_before) filter (bought_before), 0) as decimal(18, 2)) as sales_before,
    cast(coalesce(sum(sales_now) filter (bought_now), 0) as decimal(18, 2)) as sales_now,
    cast(sum(value_before) as decimal(18, 2)) as value_before,
    cast(sum(value_now) as decimal(18, 2)) as value_now,
    count(*) filter (bought_before) as buyers_before,
    count(*) filter (bought_now) as buyers_now,
    cast(coalesce(sum(value_before) filter (bought_before), 0) as decimal(18, 2)) as bought_value_before,
    cast(coalesce(sum(value_now) filter (bought_now), 0) as decimal(18, 2)) as bought_value_now
from told
cross join periods
group by kind
order by kind
