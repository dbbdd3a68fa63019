-- question: Whose money made the difference between the period and the one it is compared with?
-- grain: a kind of customer
-- filters: all
-- kept: {}
-- kept_under: ranges
-- columns: period_start DATE, period_end DATE, before_start DATE, before_end DATE, kind VARCHAR, customers BIGINT, orders_before BIGINT, orders_now BIGINT, sales_before DECIMAL(18,2), sales_now DECIMAL(18,2), value_before DECIMAL(18,2), value_now DECIMAL(18,2), buyers_before BIGINT, buyers_now BIGINT, bought_value_before DECIMAL(18,2), bought_value_now DECIMAL(18,2)
-- The two periods are chosen in store/query.py (`$now_`, `$against_`). The filters choose rows of every day; the periods
-- are cut here, and a day is in both where they overlap. sales_ and bought_value_ count customers with an order in that
-- period only; value_ everything.
-- Money is added up as whole cents in DOUBLE: exact to 90 trillion, and cheaper over many customers than DECIMAL.
with lines as (
    select
        customer_key,
        cast(orders as double) as orders,
        cast(gross_sales * 100 as double) as gross_sales,
        cast(net_sales * 100 as double) as net_sales,
        cast(gross_margin * 100 as double) as gross_margin,
        coalesce(day between $against_start and $against_end, false) as is_before,
        day between $now_start and $now_end as is_now
    from (select * replace ($period_start as order_date), order_date as day from marts.customer_days) d
    where (day between $now_start and $now_end or day between $against_start and $against_end) and {where}
), each as (
    select
        customer_key,
        sum(case when is_before then orders else 0 end) as orders_before,
        sum(case when is_now then orders else 0 end) as orders_now,
        sum(case when is_before then net_sales else 0 end) as sales_before,
        sum(case when is_now then net_sales else 0 end) as sales_now,
        coalesce(sum(case when is_before then {value} else 0 end), 0) as value_before,
        coalesce(sum(case when is_now then {value} else 0 end), 0) as value_now
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
        select customer_key from marts.customers where first_order_date >= $now_start
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
    cast($now_start as date) as period_start,
    cast($now_end as date) as period_end,
    cast($against_start as date) as before_start,
    cast($against_end as date) as before_end,
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
order by kind
