-- question: Whose money made the difference between the period and the one it is compared with?
-- grain: a basis and a kind of customer
-- filters: all
-- kept: {}
-- kept_under: ranges
-- settled: now_end
-- cuts: period
-- columns: basis VARCHAR, period_start DATE, period_end DATE, before_start DATE, before_end DATE, kind VARCHAR, customers BIGINT, orders_before BIGINT, orders_now BIGINT, sales_before DECIMAL(18,2), sales_now DECIMAL(18,2), value_before DECIMAL(18,2), value_now DECIMAL(18,2), buyers_before BIGINT, buyers_now BIGINT, bought_value_before DECIMAL(18,2), bought_value_now DECIMAL(18,2)
-- The two periods are chosen in store/query.py (`$now_`, `$against_`), and a day is in both where they overlap. One pass
-- over the customers tells of every basis: only who grew and who shrank is another in each. sales_ and bought_value_
-- count customers with an order in that period only, which those of a kind have or have not; value_ everything.
-- Money is added up as whole cents in DOUBLE: exact to 90 trillion, and cheaper over many customers than DECIMAL.
with lines as (
    select
        customer_key,
        cast(orders as double) as orders,
        cast(net_sales * 100 as double) as net,
        cast(gross_sales * 100 as double) as gross,
        cast(gross_margin * 100 as double) as margin,
        coalesce(order_date between $against_start and $against_end, false) as is_before,
        order_date between $now_start and $now_end as is_now
    from marts.customer_days
    where (order_date between $now_start and $now_end or order_date between $against_start and $against_end)
        and {where}
), each as (
    select
        customer_key,
        sum(case when is_before then orders else 0 end) as orders_before,
        sum(case when is_now then orders else 0 end) as orders_now,
        sum(case when is_before then net else 0 end) as net_before,
        sum(case when is_now then net else 0 end) as net_now,
        sum(case when is_before then gross else 0 end) as gross_before,
        sum(case when is_now then gross else 0 end) as gross_now,
        coalesce(sum(case when is_before then margin else 0 end), 0) as margin_before,
        coalesce(sum(case when is_now then margin else 0 end), 0) as margin_now
    from lines
    group by customer_key
), told as (
    select
        each.*,
        case
            when each.customer_key is null then 8
            when orders_before = 0 and orders_now = 0 then 7
            when orders_now = 0 then 6
            when orders_before = 0 and c.customer_key is not null then 1
            when orders_before = 0 then 2
        end as place
    from each
    left join (
        select customer_key from marts.customers where first_order_date >= $now_start
    ) c on c.customer_key = each.customer_key
), alike as (
    select
        cast(coalesce(place, 4 - sign(net_now - net_before)) as tinyint) as net_place,
        cast(coalesce(place, 4 - sign(gross_now - gross_before)) as tinyint) as gross_place,
        cast(coalesce(place, 4 - sign(margin_now - margin_before)) as tinyint) as margin_place,
        count(customer_key) as customers,
        sum(orders_before) as orders_before,
        sum(orders_now) as orders_now,
        sum(net_before) as net_before,
        sum(net_now) as net_now,
        sum(gross_before) as gross_before,
        sum(gross_now) as gross_now,
        sum(margin_before) as margin_before,
        sum(margin_now) as margin_now
    from told
    group by net_place, gross_place, margin_place
), kinds as (
    select
        basis,
        place,
        place between 3 and 6 as bought_before,
        place between 1 and 5 as bought_now,
        cast(sum(customers) as bigint) as customers,
        sum(orders_before) as orders_before,
        sum(orders_now) as orders_now,
        sum(net_before) as sales_before,
        sum(net_now) as sales_now,
        sum(value_before) as value_before,
        sum(value_now) as value_now
    from alike cross join lateral (
        values
            ('net_sales', net_place, net_before, net_now),
            ('gross_sales', gross_place, gross_before, gross_now),
            ('gross_margin', margin_place, margin_before, margin_now)
    ) as bases (basis, place, value_before, value_now)
    group by basis, place
)
select
    basis,
    cast($now_start as date) as period_start,
    cast($now_end as date) as period_end,
    cast($against_start as date) as before_start,
    cast($against_end as date) as before_end,
    ['new', 'reactivated', 'grew', 'same', 'shrank', 'lost', 'neither', 'unidentified'][place] as kind,
    customers,
    cast(if(bought_before, orders_before, 0) as bigint) as orders_before,
    cast(if(bought_now, orders_now, 0) as bigint) as orders_now,
    cast(if(bought_before, sales_before, 0) / 100 as decimal(18, 2)) as sales_before,
    cast(if(bought_now, sales_now, 0) / 100 as decimal(18, 2)) as sales_now,
    cast(value_before / 100 as decimal(18, 2)) as value_before,
    cast(value_now / 100 as decimal(18, 2)) as value_now,
    if(bought_before, customers, 0) as buyers_before,
    if(bought_now, customers, 0) as buyers_now,
    cast(if(bought_before, value_before, 0) / 100 as decimal(18, 2)) as bought_value_before,
    cast(if(bought_now, value_now, 0) / 100 as decimal(18, 2)) as bought_value_now
from kinds
order by basis, kind
