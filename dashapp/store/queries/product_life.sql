-- question: What did one product sell month by month, and what does its fitted curve say of those months?
-- grain: a month
-- filters: none
-- columns: month DATE, is_whole BOOLEAN, units DOUBLE, net_sales DECIMAL(16,2), buyers INTEGER, new_buyers INTEGER, family VARCHAR, counted VARCHAR, expected DOUBLE, season DOUBLE, is_used BOOLEAN, growth_from DATE, peak_on DATE, decline_from DATE, share_introduction DOUBLE, share_growth DOUBLE, share_maturity DOUBLE, share_decline DOUBLE, product_id VARCHAR
-- Every month from the first sale on, months without a sale included. expected is of `counted` (new_buyers or units);
-- the columns from family on are null without a curve, and in the month that is not over, which has no say in it.
-- share_*: how many resampled curves, or trends, put the product into that phase at the end of the last whole month; the same on every row.
with months as (
    select cast(unnest(generate_series(
        date_trunc('month', first_sold_on), date_trunc('month', cast($observed_until as date)), interval 1 month
    )) as date) as month
    from marts.products
    where product_key = $product_key and first_sold_on is not null
)
select
    months.month,
    last_day(months.month) <= $observed_until and months.month >= $observed_from as is_whole,
    coalesce(sold.units, 0.0) as units,
    coalesce(sold.net_sales, 0) as net_sales,
    coalesce(sold.buyers, 0) as buyers,
    coalesce(sold.new_buyers, 0) as new_buyers,
    curve.family,
    curve.counted,
    curve.expected,
    curve.season,
    curve.is_used,
    curve.growth_from,
    curve.peak_on,
    curve.decline_from,
    stages.share_introduction,
    stages.share_growth,
    stages.share_maturity,
    stages.share_decline,
    (select product_id from marts.products where product_key = $product_key) as product_id
from months
left join marts.product_months as sold on sold.product_key = $product_key and sold.month = months.month
left join marts.product_curves as curve on curve.product_key = $product_key and curve.month = months.month
left join marts.product_stages as stages on stages.product_key = $product_key
order by months.month
