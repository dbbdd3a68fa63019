-- grain: one row per customer delivered as a summary instead of orders, in days as the models count them
-- net_sales: of all purchases where it was delivered, else what the repeat purchases brought: the first one is not in
-- their mean. valued_orders says how many purchases it speaks of.
select
    keys.customer_key,
    summary.customer_id,
    summary.observed_until,
    cast(date_add(summary.observed_until, -to_days(cast(summary.T_days as integer))) as date) as first_order_date,
    cast(
        date_add(summary.observed_until, to_days(cast(summary.recency_days - summary.T_days as integer))) as date
    ) as last_order_date,
    cast(summary.frequency as integer) as frequency,
    cast(summary.recency_days as integer) as recency_days,
    cast(summary.T_days as integer) as T_days,
    cast(summary.monetary_value as double) as monetary_value,
    cast(coalesce(summary.net_sales, summary.frequency * summary.monetary_value) as decimal(16, 2)) as net_sales,
    cast(case when summary.net_sales is null then summary.frequency else summary.frequency + 1 end as integer)
        as valued_orders,
    coalesce(summary.country, listed.country, 'Unknown') as country,
    coalesce(summary.channel, listed.channel, 'Unknown') as channel
from raw.customer_summaries as summary
inner join staging.customer_ids as keys on keys.customer_id = summary.customer_id
left join staging.customer_list as listed on listed.customer_id = summary.customer_id
