-- question: Which price and which cost was valid when, and what was earned at them?
-- grain: a stretch of days of one price and cost
-- filters: none
-- columns: valid_from DATE, valid_to DATE, unit_price DECIMAL(14,4), unit_cost DECIMAL(14,4), units DOUBLE, net_sales DECIMAL(38,2), at_list DECIMAL(38,2), gross_margin DECIMAL(38,2), price_periods BIGINT, cost_periods BIGINT, product_id VARCHAR
-- A row per stretch of days in which neither the list price nor the cost changes; valid_to is null while nothing ends it.
-- units: pieces sold less pieces returned in it. at_list: pieces sold at the list price valid on the day, null without
-- one. gross_margin: with the cost valid on the day of each line. *_periods: how many were delivered for the product.
with edges as (
    select valid_from as day from marts.prices where product_key = $product_key
    union
    select cast(valid_to + interval 1 day as date) as day
    from marts.prices
    where product_key = $product_key and valid_to is not null
    union
    select valid_from as day from marts.costs where product_key = $product_key
    union
    select cast(valid_to + interval 1 day as date) as day
    from marts.costs
    where product_key = $product_key and valid_to is not null
    union
    select first_sold_on as day
    from marts.products as product
    where product_key = $product_key and first_sold_on is not null
        and not exists (
            select 1 from marts.prices where product_key = $product_key and valid_from <= product.first_sold_on
        )
        and not exists (
            select 1 from marts.costs where product_key = $product_key and valid_from <= product.first_sold_on
        )
), stretches as (
    select
        day as valid_from,
        cast(lead(day) over (order by day) - interval 1 day as date) as valid_to
    from edges
), valued as (
    select stretches.valid_from, stretches.valid_to, price.unit_price, cost.unit_cost
    from stretches
    left join marts.prices as price
        on price.product_key = $product_key
        and price.valid_from <= stretches.valid_from
        and coalesce(price.valid_to, date '9999-12-31') >= stretches.valid_from
    left join marts.costs as cost
        on cost.product_key = $product_key
        and cost.valid_from <= stretches.valid_from
        and coalesce(cost.valid_to, date '9999-12-31') >= stretches.valid_from
), sold as (
    select
        valued.valid_from,
        cast(sum(day.pieces_sold - day.pieces_returned) as double) as units,
        sum(day.pieces_sold) as pieces_sold,
        sum(day.net_sales) as net_sales,
        sum(day.gross_margin) as gross_margin
    from valued
    inner join marts.product_sales as day
        on day.order_date between valued.valid_from and coalesce(valued.valid_to, date '9999-12-31')
    where day.product_key = $product_key
    group by valued.valid_from
)
select
    valued.valid_from,
    valued.valid_to,
    valued.unit_price,
    valued.unit_cost,
    coalesce(sold.units, 0.0) as units,
    cast(coalesce(sold.net_sales, 0) as decimal(38, 2)) as net_sales,
    cast(cast(sold.pieces_sold as double) * cast(valued.unit_price as double) as decimal(38, 2)) as at_list,
    cast(sold.gross_margin as decimal(38, 2)) as gross_margin,
    (select count(*) from marts.prices where product_key = $product_key) as price_periods,
    (select count(*) from marts.costs where product_key = $product_key) as cost_periods,
    (select product_id from marts.products where product_key = $product_key) as product_id
from valued
left join sold on sold.valid_from = valued.valid_from
order by valued.valid_from
