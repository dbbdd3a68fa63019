-- question: How far has one product spread among the shop's customers, month by month?
-- grain: a month
-- filters: none
-- columns: month DATE, is_whole BOOLEAN, new_buyers BIGINT, buyers_so_far BIGINT, customers_so_far BIGINT, counted VARCHAR, expected DOUBLE, product_id VARCHAR
-- Identified customers only. customers_so_far: who had bought anything by the end of the month; expected: first-time
-- buyers of the month by the fitted curve, null without a curve of buyers.
with months as (
    select cast(unnest(generate_series(
        date_trunc('month', first_sold_on), date_trunc('month', cast($observed_until as date)), interval 1 month
    )) as date) as month
    from marts.products
    where product_key = $product_key and buyers > 0
), adopted as (
    select cast(date_trunc('month', first_order_date) as date) as month, count(*) as new_buyers
    from marts.customer_products
    where product_key = $product_key
    group by 1
), joined as (
    select cohort_month as month, count(*) as customers
    from marts.customers
    group by 1
)
select
    months.month,
    last_day(months.month) <= $observed_until as is_whole,
    coalesce(adopted.new_buyers, 0) as new_buyers,
    cast(sum(coalesce(adopted.new_buyers, 0)) over (order by months.month) as bigint) as buyers_so_far,
    cast((select sum(joined.customers) from joined where joined.month <= months.month) as bigint) as customers_so_far,
    curve.counted,
    case when curve.counted = 'new_buyers' then curve.expected end as expected,
    (select product_id from marts.products where product_key = $product_key) as product_id
from months
left join adopted on adopted.month = months.month
left join marts.product_curves as curve on curve.product_key = $product_key and curve.month = months.month
order by months.month
