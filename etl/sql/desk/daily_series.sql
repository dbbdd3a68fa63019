-- grain: series x day of the observed period, up to the day before the refresh: the day of the refresh is not over
-- value: what is followed; observations: how many rows it comes from, so that small numbers may scatter as they must.
-- A day without a line counts as zero lines, sales and new customers, and has no average and no share.
with days as (
    select cast(unnest(generate_series(
        observation.observed_from,
        least(observation.observed_until, cast(policy.started_at as date) - 1),
        interval 1 day
    )) as date) as day
    from staging.observation as observation
    cross join run.policy as policy
),
totals as (
    select
        order_date as day,
        sum(lines) as lines,
        sum(case when customer_key is null then lines else 0 end) as lines_without_customer,
        count(*) filter (is_purchase) as orders,
        sum(gross_sales) filter (is_purchase) as sales
    from staging.orders
    group by order_date
),
arrivals as (
    select first_order_date as day, count(*) as new_customers from staging.rfm group by first_order_date
),
daily as (
    select
        days.day,
        coalesce(totals.lines, 0) as lines,
        totals.lines_without_customer,
        coalesce(totals.orders, 0) as orders,
        coalesce(totals.sales, 0) as sales,
        coalesce(arrivals.new_customers, 0) as new_customers
    from days
    left join totals on totals.day = days.day
    left join arrivals on arrivals.day = days.day
)
select 'lines' as series, day, cast(lines as double) as value, lines as observations, false as is_share from daily
union all
select 'sales', day, cast(sales as double), orders, false from daily
union all
select 'order_value', day, cast(sales as double) / orders, orders, false from daily where orders > 0
union all
select 'new_customers', day, cast(new_customers as double), new_customers, false from daily
union all
select 'share_without_customer', day, cast(lines_without_customer as double) / lines, lines, true from daily where lines > 0
