-- question: Of the customers who first bought in the period, or in the one compared with, how many bought in each later month?
-- grain: a month of first purchase and a month after it, now or before
-- filters: all
-- kept: {}
-- cube: country channel
-- columns: series VARCHAR, cohort_month DATE, month_number INTEGER, customers BIGINT, active_customers BIGINT, is_complete BOOLEAN
-- Whole months are counted by cohort, months that a period cuts by day of the first purchase or, where something is
-- chosen, by customer.
-- The same cells as cohort_matrix, without what only a matrix shows: a page of many charts asks this one.
with base as (
    select 'current' as series, customer_key, cohort_month
    from {newcomers}
    union all
    select 'previous' as series, customer_key, cohort_month
    from (select *, first_order_date as order_date from marts.customers) c
    where {previous_where} and not ({in_cube} and order_date between $previous_whole_start and $previous_whole_end)
        and exists (select 1 from marts.customer_months)
), chosen as (
    select 'current' as series, country, channel, cohort_month, customers
    from {whole_cohorts}
    union all
    select 'previous' as series, country, channel, cohort_month, customers
    from marts.cohorts
    where {in_cube} and {cube_where} and cohort_month between $previous_whole_start and $previous_whole_end
        and exists (select 1 from marts.customer_months)
), months as (
    select
        b.series,
        b.cohort_month,
        date_diff('month', b.cohort_month, m.month) as month_number,
        count(distinct m.customer_key) as active_customers
    from marts.customer_months m
    join base b on b.customer_key = m.customer_key
    where m.orders > 0 and not {is_plain}
    group by all
    union all
    select
        c.series,
        c.cohort_month,
        date_diff('month', c.cohort_month, m.month) as month_number,
        cast(sum(m.active_customers) as bigint) as active_customers
    from marts.cohort_months m
    join chosen c on c.cohort_month = m.cohort_month and c.country = m.country and c.channel = m.channel
    where m.active_customers > 0
    group by all
    union all
    select
        series,
        cohort_month,
        date_diff('month', cohort_month, month) as month_number,
        cast(sum(active_customers) as bigint) as active_customers
    from (
        select 'current' as series, cast(date_trunc('month', first_order_date) as date) as cohort_month, d.*
        from marts.cohort_days d
        where {is_plain} and first_order_date between $period_start and $period_end
            and not first_order_date between $whole_start and $whole_end
        union all
        select 'previous' as series, cast(date_trunc('month', first_order_date) as date) as cohort_month, d.*
        from marts.cohort_days d
        where {is_plain} and first_order_date between $previous_start and $previous_end
            and not first_order_date between $previous_whole_start and $previous_whole_end
    ) cut
    group by all
), cells as (
    select
        series,
        cohort_month,
        customers,
        unnest(range(date_diff('month', cohort_month, $observed_until) + 1)) as month_number
    from (
        select series, cohort_month, count(*) as customers from base group by series, cohort_month
        union all
        select series, cohort_month, cast(sum(customers) as bigint) as customers
        from chosen
        group by series, cohort_month
    ) cohorts
)
select
    cells.series,
    cells.cohort_month,
    cast(cells.month_number as integer) as month_number,
    cells.customers,
    cast(case when m.active_customers is null then 0 else m.active_customers end as bigint) as active_customers,
    last_day(cells.cohort_month + to_months(cast(cells.month_number as integer))) <= $observed_until as is_complete
from cells
left join months m
    on m.series = cells.series and m.cohort_month = cells.cohort_month and m.month_number = cells.month_number
order by cells.series, cells.cohort_month, cells.month_number
