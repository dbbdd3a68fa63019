-- question: What can be chosen in the filter bar: countries, channels, categories and products by customers, cohorts by month?
-- columns: field VARCHAR, value VARCHAR, label VARCHAR, customers BIGINT
-- Of products the 200 most bought: the bar is no catalogue, and any other is chosen by its id in the address.
with choices as (
    select 'country' as field, country as value, country as label, sum(customers) as customers
    from marts.cohorts
    group by country
    union all
    select 'channel' as field, channel as value, channel as label, sum(customers) as customers
    from marts.cohorts
    group by channel
    union all
    select
        'cohort' as field,
        strftime(cohort_month, '%Y-%m') as value,
        strftime(cohort_month, '%b %Y') as label,
        sum(customers) as customers
    from marts.cohorts
    group by cohort_month
    union all
    select 'category' as field, category as value, category as label, sum(buyers) as customers
    from marts.category_buyers
    group by category
    union all
    (
        select
            'product' as field,
            product_id as value,
            coalesce(product_name || ' (' || product_id || ')', product_id) as label,
            buyers as customers
        from marts.products
        where buyers > 0
        order by buyers desc, product_id
        limit 200
    )
)
select field, value, label, cast(customers as bigint) as customers
from choices
order by field, case when field = 'cohort' then value end desc, customers desc, value
