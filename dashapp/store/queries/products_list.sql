-- question: Which products are there, what did each bring, who buys it, and where does it stand in its life?
-- filters: none
-- columns: product_key UINTEGER, product_id VARCHAR, product_name VARCHAR, category VARCHAR, stage VARCHAR, pending VARCHAR, stage_probability DOUBLE, reason VARCHAR, units DOUBLE, net_sales DECIMAL(16,2), gross_margin DECIMAL(16,2), buyers INTEGER, repeat_rate DOUBLE, first_purchase_share DOUBLE, return_rate DOUBLE, last_sold_on DATE, starter_value DOUBLE, starter_value_low DOUBLE, starter_value_high DOUBLE, starters INTEGER, matching BIGINT, matching_units DOUBLE, matching_net_sales DECIMAL(38,2), trend VARCHAR
-- sort: net_sales units gross_margin buyers repeat_rate first_purchase_share return_rate stage stage_probability product_id product_name category last_sold_on starter_value
-- Over all observed days. matching*: of the whole list, on every row. A product never sold has no stage; pending is the
-- stage that the last month alone says where it says another. starter_value: net sales of customers who started with the
-- product in the longest window there is, drawn towards the mean of all, with a 90 % interval; starters: how many these
-- are. trend: units of the last twelve whole months, oldest first.
with listed as (
    select
        product.product_key,
        product.product_id,
        product.product_name,
        product.category,
        stages.stage,
        stages.pending,
        stages.confidence as stage_probability,
        stages.reason,
        product.units,
        product.net_sales,
        product.gross_margin,
        product.buyers,
        product.repeat_rate,
        product.first_purchase_share,
        product.return_rate,
        product.last_sold_on,
        entry.shrunk_value as starter_value,
        entry.shrunk_low as starter_value_low,
        entry.shrunk_high as starter_value_high,
        entry.mature_customers as starters
    from marts.products as product
    left join marts.product_stages as stages on stages.product_key = product.product_key
    left join marts.entry_products as entry
        on entry.product_key = product.product_key
        and entry.level = 'product'
        and entry.window_days = (select max(window_days) from marts.entry_products where level = 'product')
    where (len($stages) = 0 or list_contains($stages, stages.stage))
        and (cast($category as varchar) is null or product.category = $category)
        and (
            cast($words as varchar) is null
            or product.product_id ilike $words escape '\'
            or product.product_name ilike $words escape '\'
            or product.category ilike $words escape '\'
        )
), page as (
    select
        *,
        count(*) over () as matching,
        sum(units) over () as matching_units,
        cast(sum(net_sales) over () as decimal(38, 2)) as matching_net_sales
    from listed
    order by {order}, product_key
    limit $limit offset $offset
), months as (
    select cast(unnest(generate_series(
        date_trunc('month', cast($observed_until as date) + 1) - interval 12 month,
        date_trunc('month', cast($observed_until as date) + 1) - interval 1 month,
        interval 1 month
    )) as date) as month
), trends as (
    select
        page.product_key as sold_key,
        string_agg(cast(cast(coalesce(sold.units, 0.0) as decimal(18, 0)) as varchar), ' ' order by months.month) as trend
    from page
    cross join months
    left join marts.product_months as sold on sold.product_key = page.product_key and sold.month = months.month
    group by page.product_key
)
select page.*, trends.trend
from page
inner join trends on trends.sold_key = page.product_key
order by {order}, page.product_key
