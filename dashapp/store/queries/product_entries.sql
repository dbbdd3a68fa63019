-- question: What did customers bring, by the product they started with, and when did they buy again?
-- filters: none
-- columns: product_id VARCHAR, product VARCHAR, window_days INTEGER, customers INTEGER, value DOUBLE, value_low DOUBLE, value_high DOUBLE, overall_value DOUBLE, differs BOOLEAN, repeat_rate DOUBLE, median_days_to_second DOUBLE, hazard_ratio DOUBLE, hazard_low DOUBLE, hazard_high DOUBLE
-- Net sales of the first window_days of customers observed that long, in the longest window there is. value is drawn
-- towards the mean of all customers (empirical Bayes), with its 90 % interval; differs at a false discovery rate of 5 %.
select
    product.product_id,
    coalesce(product.product_name, product.product_id) as product,
    entry.window_days,
    entry.mature_customers as customers,
    entry.shrunk_value as value,
    entry.shrunk_low as value_low,
    entry.shrunk_high as value_high,
    entry.overall_value,
    entry.q_value <= 0.05 as differs,
    entry.repeat_rate,
    entry.median_days_to_second,
    entry.hazard_ratio,
    entry.hazard_low,
    entry.hazard_high
from marts.entry_products as entry
inner join marts.products as product on product.product_key = entry.product_key
where entry.level = 'product'
    and entry.window_days = (select max(window_days) from marts.entry_products where level = 'product')
order by entry.shrunk_value desc, entry.product_key
limit $limit
