-- question: Of the customers who first bought in the period, how many of each month's cohort bought in, and by, each later month, and what had they brought by then?
-- grain: a month of first purchase and a month after it
-- filters: all
-- kept: {"split": ""}
-- cube: country channel
-- columns: name VARCHAR, cohort_month DATE, month_number INTEGER, customers BIGINT, active_customers BIGINT, returned_customers BIGINT, orders BIGINT, value DECIMAL(18,2), margin DOUBLE, is_complete BOOLEAN, is_predicted BOOLEAN, share DOUBLE, share_low DOUBLE, share_high DOUBLE, value_ahead DOUBLE, value_ahead_low DOUBLE, value_ahead_high DOUBLE
-- Filters choose customers, by where they first bought; what counts is everything these customers did. Orders, value and
-- margin are cumulative; $split 'channel' or 'country' makes cohorts of each. Without costs the margin is the share set
-- for the shop, if one is set. A cell is complete when its month was observed to the last day, which holds for the whole
-- cohort at once.
-- Months ahead are predicted for whole cohorts, so only where the view has everybody of one: share is of those who buy in
-- the month, value_ahead what a customer brings from the end of the data to that of the month; low and high hold 80 %.
with base as (
    select
        customer_key,
        case $split when 'channel' then channel when 'country' then country else '' end as name,
        cohort_month
    from {newcomers}
), activity as (
    select
        b.customer_key,
        b.name,
        b.cohort_month,
        greatest(date_diff('month', b.cohort_month, m.month), 0) as month_number,
        sum(m.orders) as orders,
        sum(m.{value}) as value,
        sum(m.margin) as margin
    from marts.customer_months m
    join base b on b.customer_key = m.customer_key
    group by all
), chosen as (
    select
        country,
        channel,
        case $split when 'channel' then channel when 'country' then country else '' end as name,
        cohort_month,
        customers
    from {whole_cohorts}
), told as (
    select
        c.name,
        c.cohort_month,
        greatest(date_diff('month', c.cohort_month, m.month), 0) as month_number,
        m.active_customers,
        m.returned_customers,
        m.orders,
        m.{value} as value,
        m.margin
    from marts.cohort_months m
    join chosen c on c.cohort_month = m.cohort_month and c.country = m.country and c.channel = m.channel
), months as (
    select
        name,
        cohort_month,
        month_number,
        count(*) filter (orders > 0) as active_customers,
        sum(orders) as orders,
        sum(value) as value,
        sum(margin) as margin
    from activity
    group by name, cohort_month, month_number
    union all
    select name, cohort_month, month_number, sum(active_customers), sum(orders), sum(value), sum(margin)
    from told
    group by name, cohort_month, month_number
), returns as (
    select name, cohort_month, month_number, count(*) as customers
    from (
        select customer_key, name, cohort_month, min(month_number) as month_number
        from activity
        where orders > 0 and month_number > 0
        group by customer_key, name, cohort_month
    ) first_again
    group by name, cohort_month, month_number
    union all
    select name, cohort_month, month_number, sum(returned_customers)
    from told
    group by name, cohort_month, month_number
), cohorts as (
    select name, cohort_month, count(*) as customers from base group by name, cohort_month
    union all
    select name, cohort_month, cast(sum(customers) as bigint) from chosen group by name, cohort_month
), cells as (
    select
        name,
        cohort_month,
        customers,
        unnest(range(date_diff('month', cohort_month, $observed_until) + 1)) as month_number
    from cohorts
)
select
    cells.name,
    cells.cohort_month,
    cast(cells.month_number as integer) as month_number,
    cells.customers,
    cast(case when m.active_customers is null then 0 else m.active_customers end as bigint) as active_customers,
    cast(sum(case when r.customers is null then 0 else r.customers end) over running as bigint) as returned_customers,
    cast(sum(case when m.orders is null then 0 else m.orders end) over running as bigint) as orders,
    cast(sum(case when m.value is null then 0 else m.value end) over running as decimal(18, 2)) as value,
    cast(sum(m.margin) over running as double) as margin,
    last_day(cells.cohort_month + to_months(cast(cells.month_number as integer))) <= $observed_until as is_complete,
    false as is_predicted,
    null as share,
    null as share_low,
    null as share_high,
    null as value_ahead,
    null as value_ahead_low,
    null as value_ahead_high
from cells
left join months m
    on m.name = cells.name and m.cohort_month = cells.cohort_month and m.month_number = cells.month_number
left join returns r
    on r.name = cells.name and r.cohort_month = cells.cohort_month and r.month_number = cells.month_number
window running as (partition by cells.name, cells.cohort_month order by cells.month_number)
union all
select
    whole.name,
    f.cohort_month,
    cast(date_diff('month', f.cohort_month, f.month) as integer),
    f.customers,
    null,
    null,
    null,
    null,
    null,
    false,
    true,
    f.buyers_share,
    f.share_low,
    f.share_high,
    f.value_per_customer,
    f.value_low,
    f.value_high
from marts.cohort_forecasts f
join cohorts whole on whole.cohort_month = f.cohort_month and whole.customers = f.customers
order by name, cohort_month, month_number
