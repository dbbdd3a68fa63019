-- grain: customer with two purchase days or more by the cut-off, 180 days before the end of the last whole month
-- sort: customer_key
-- mends: whole months
-- customer_key UINTEGER: as in marts.customers
-- cut_off DATE: last day that counts; stayed alone looks beyond it
-- purchase_days INTEGER: by the cut-off
-- busiest_month DOUBLE: share of these days in the calendar month with most of them, 0-1
-- categories INTEGER: bought from by the cut-off, Unknown among them
-- repeated DOUBLE: of the products bought, the share bought in two orders or more, 0-1
-- stayed BOOLEAN: bought in the 180 days after the cut-off
with spread as (
    select
        customer_key,
        cut_off,
        cast(sum(days_before) as integer) as purchase_days,
        max(days_before) / nullif(sum(days_before), 0) as busiest_month,
        sum(days_after) > 0 as stayed
    from (
        select
            bought.customer_key,
            cut.cut_off,
            sum(case when bought.order_date <= cut.cut_off then 1 else 0 end) as days_before,
            sum(case when bought.order_date > cut.cut_off and bought.order_date <= cut.cut_off + 180 then 1 else 0 end)
                as days_after
        from staging.purchase_days as bought
        cross join staging.relationship_cut as cut
        group by bought.customer_key, cut.cut_off, date_trunc('month', bought.order_date)
    ) as months
    group by customer_key, cut_off
    having sum(days_before) >= 2
),

goods as (
    select
        bought.customer_key,
        count(distinct coalesce(product.category, 'Unknown')) as categories,
        avg(cast(bought.orders > 1 as double)) as repeated
    from (
        select days.customer_key, days.product_key, sum(days.orders) as orders
        from staging.product_days as days
        inner join spread on spread.customer_key = days.customer_key and days.order_date <= spread.cut_off
        group by days.customer_key, days.product_key
    ) as bought
    inner join staging.products as product on product.product_key = bought.product_key
    where not product.is_charge
    group by bought.customer_key
)

select
    spread.customer_key,
    spread.cut_off,
    spread.purchase_days,
    cast(spread.busiest_month as double) as busiest_month,
    cast(goods.categories as integer) as categories,
    goods.repeated,
    spread.stayed
from spread
inner join goods on goods.customer_key = spread.customer_key
