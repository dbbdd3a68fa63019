-- question: What did customers bring who started with one product, at equal age, and how soon did they come back?
-- grain: a number of days of age
-- filters: none
-- columns: window_days INTEGER, customers INTEGER, value DOUBLE, value_low DOUBLE, value_high DOUBLE, overall_value DOUBLE, q_value DOUBLE, repeat_rate DOUBLE, median_days_to_second DOUBLE, hazard_ratio DOUBLE, hazard_low DOUBLE, hazard_high DOUBLE, hazard_q_value DOUBLE, compared BIGINT, others BIGINT, others_value DOUBLE, product_id VARCHAR
-- Net sales of the first window_days of customers observed that long, drawn towards the mean of all, with a 90 %
-- interval. compared: products tested together; q values are p values after Benjamini and Hochberg over these.
-- others_value: plain mean of the `others` who were observed as long and started with something else: what everybody
-- brought, to the cent, less what the starters did. All as of the end of the last whole month, or of the last day where
-- there is none.
select
    entry.window_days,
    entry.mature_customers as customers,
    entry.shrunk_value as value,
    entry.shrunk_low as value_low,
    entry.shrunk_high as value_high,
    entry.overall_value,
    entry.q_value,
    entry.repeat_rate,
    entry.median_days_to_second,
    entry.hazard_ratio,
    entry.hazard_low,
    entry.hazard_high,
    entry.hazard_q_value,
    (
        select count(*)
        from marts.entry_products as others
        where others.level = 'product' and others.window_days = entry.window_days
    ) as compared,
    cast(nullif(entry.overall_customers - entry.mature_customers, 0) as bigint) as others,
    cast(
        cast(entry.overall_value * entry.overall_customers as decimal(18, 2))
        - cast(entry.net_value * entry.mature_customers as decimal(18, 2)) as double
    ) / nullif(entry.overall_customers - entry.mature_customers, 0) as others_value,
    (select product_id from marts.products where product_key = $product_key) as product_id
from marts.entry_products as entry
where entry.level = 'product' and entry.product_key = $product_key
order by entry.window_days
