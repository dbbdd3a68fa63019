-- question: What did customers bring who started with one product, at equal age, and how soon did they come back?
-- filters: none
-- columns: window_days INTEGER, customers INTEGER, value DOUBLE, value_low DOUBLE, value_high DOUBLE, overall_value DOUBLE, q_value DOUBLE, repeat_rate DOUBLE, median_days_to_second DOUBLE, hazard_ratio DOUBLE, hazard_low DOUBLE, hazard_high DOUBLE, hazard_q_value DOUBLE, compared BIGINT
-- Net sales of the first window_days of customers observed that long, drawn towards the mean of all, with a 90 %
-- interval. compared: products tested together; q values are p values after Benjamini and Hochberg over these.
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
    ) as compared
from marts.entry_products as entry
where entry.level = 'product' and entry.product_key = $product_key
order by entry.window_days
