-- question: What did customers bring who started with one product, at equal age, and how soon did they come back?
-- grain: a number of days of age
-- filters: none
-- columns: window_days INTEGER, customers INTEGER, value DOUBLE, value_low DOUBLE, value_high DOUBLE, overall_value DOUBLE, q_value DOUBLE, repeat_rate DOUBLE, median_days_to_second DOUBLE, hazard_ratio DOUBLE, hazard_low DOUBLE, hazard_high DOUBLE, hazard_q_value DOUBLE, compared BIGINT, others BIGINT, others_value DOUBLE, product_id VARCHAR
-- Net sales of the first window_days of customers observed that long, drawn towards the mean of all, with a 90 %
-- interval. compared: products tested together; q values are p values after Benjamini and Hochberg over these.
-- others_value: plain mean of the `others` who were observed as long and started with something else. All as of the end
-- of the last whole month, or of the last day where there is none.
with ended as (
    select case
        when date_trunc('month', cast($observed_until as date) + 1) > $observed_from
            then cast(date_trunc('month', cast($observed_until as date) + 1) as date) - 1
        else cast($observed_until as date)
    end as last_day
), starters as (
    select bought.customer_key
    from marts.customer_products as bought
    inner join marts.customers as customer
        on customer.customer_key = bought.customer_key and customer.first_order_date = bought.first_order_date
    where bought.product_key = $product_key
), windows as (
    select distinct window_days
    from marts.entry_products
    where level = 'product' and product_key = $product_key
), others_first as (
    select customer_key, first_order_date, last_day
    from marts.customers
    cross join ended
    where customer_key not in (select customer_key from starters)
), brought as (
    select windows.window_days, sum(days.net_sales) as value
    from marts.customer_days as days
    inner join others_first as customer on customer.customer_key = days.customer_key
    inner join windows
        on customer.first_order_date + windows.window_days <= customer.last_day
        and days.order_date >= customer.first_order_date
        and days.order_date < customer.first_order_date + windows.window_days
    group by windows.window_days
), others as (
    select
        windows.window_days,
        count(*) as others,
        cast(coalesce(any_value(brought.value), 0) as double) / count(*) as others_value
    from windows
    inner join others_first as customer on customer.first_order_date + windows.window_days <= customer.last_day
    left join brought on brought.window_days = windows.window_days
    group by windows.window_days
)
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
    others.others,
    others.others_value,
    (select product_id from marts.products where product_key = $product_key) as product_id
from marts.entry_products as entry
left join others on others.window_days = entry.window_days
where entry.level = 'product' and entry.product_key = $product_key
order by entry.window_days
