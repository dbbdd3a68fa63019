-- question: Whose money made the difference between the period and the one it is compared with?
-- grain: a kind of customer
-- filters: all
-- kept: {}
-- columns: period_start DATE, period_end DATE, before_start DATE, before_end DATE, kind VARCHAR, customers BIGINT, orders_before BIGINT, orders_now BIGINT, sales_before DECIMAL(18,2), sales_now DECIMAL(18,2), value_before DECIMAL(18,2), value_now DECIMAL(18,2), buyers_before BIGINT, buyers_now BIGINT, bought_value_before DECIMAL(18,2), bought_value_now DECIMAL(18,2)
-- Where nothing is compared it is the period right before; without a period ("all time") the last 12 complete months
-- stand against the 12 before. The filters choose rows of every day; the two periods are cut here, and a day is in both
-- where they overlap. sales_ and bought_value_ count customers with an order in that period only; value_ everything.
-- Money is added up as whole cents in DOUBLE: exact to 90 trillion, and cheaper over many customers than DECIMAL.
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
), lines as (
    -- The days are cut twice: by constants, so that no others are read, and by the two periods.
    select
        customer_key,
        cast(orders as double) as orders,
        cast(gross_sales * 100 as double) as gross_sales,
        cast(net_sales * 100 as double) as net_sales,
        cast(gross_margin * 100 as double) as gross_margin,
        day between before_start and before_end as is_before,
        day between period_start and period_end as is_now
    from (
        select * replace ($period_start as order_date), order_date as day
        from marts.customer_days
        where order_date between $period_start and $period_end
            or order_date between coalesce($previous_start, $before_start, $period_start)
                and coalesce($previous_end, $before_end, $period_end)
    ) d
    cross join periods
    where (day between before_start and before_end or day between period_start and period_end) and {where}
), each as (
    select
        customer_key,
        coalesce(sum(orders) filter (is_before), 0) as orders_before,
        coalesce(sum(orders) filter (is_now), 0) as orders_now,
        coalesce(sum(net_sales) filter (is_before), 0) as sales_before,
        coalesce(sum(net_sales) filter (is_now), 0) as sales_now,
        coalesce(sum({value}) filter (is_before), 0) as value_before,
        coalesce(sum({value}) filter (is_now), 0) as value_now
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
), kinds as (
    select
        kind,
        count(customer_key) as customers,
        sum(orders_before) filter (bought_before) as orders_before,
        sum(orders_now) filter (bought_now) as orders_now,
        sum(sales_before) filter (bought_before) as sales_before,
        sum(sales_now) filter (bought_now) as sales_now,
        sum(value_before) as value_before,
        sum(value_now) as value_now,
        count(*) filter (bought_before) as buyers_before,
        count(*) filter (bought_now) as buyers_now,
        sum(value_before) filter (bought_before) as bought_value_before,
        sum(value_now) filter (bought_now) as bought_value_now
    from told
    group by kind
)
select
    periods.*,
    kind,
    customers,
    cast(coalesce(orders_before, 0) as bigint) as orders_before,
    cast(coalesce(orders_now, 0) as bigint) as orders_now,
    cast(coalesce(sales_before, 0) / 100 as decimal(18, 2)) as sales_before,
    cast(coalesce(sales_now, 0) / 100 as decimal(18, 2)) as sales_now,
    cast(value_before / 100 as decimal(18, 2)) as value_before,
    cast(value_now / 100 as decimal(18, 2)) as value_now,
    buyers_before,
    buyers_now,
    cast(coalesce(bought_value_before, 0) / 100 as decimal(18, 2)) as bought_value_before,
    cast(coalesce(bought_value_now, 0) / 100 as decimal(18, 2)) as bought_value_now
from kinds
cross join periods
order by kind
