-- question: What margin has each month's cohort of new customers brought by each later month, what is expected, and what did it cost to win?
-- grain: a cohort, at one age in months
-- filters: period channel
-- kept: {"split": ""}
-- cube: channel
-- columns: name VARCHAR, cohort_month DATE, month_number INTEGER, customers BIGINT, margin DOUBLE, margin_squares DOUBLE, is_complete BOOLEAN, is_predicted BOOLEAN, margin_low DOUBLE, margin_high DOUBLE, spend DOUBLE, is_first BOOLEAN, has_spend BOOLEAN, has_margin BOOLEAN
-- A row per cohort (of each channel where $split is 'channel') and month. Margin is cumulative over all customers of the
-- cohort, margin_squares the sum of their squared margins. Months ahead are told of whole cohorts only: what was brought
-- and the predicted net sales at the margin rate of all sales of these customers; low and high hold 80 %. Spend null: not
-- known for that month and channel. is_first: the month the data begin in, which holds everyone who bought before.
-- Without costs the margin is the share set for the shop, if one is set.
with base as (
    select customer_key, case when $split = 'channel' then channel else '' end as name, cohort_month
    from {newcomers}
), spent as (
    select
        cast(date_trunc('month', order_date) as date) as month,
        case when $split = 'channel' then channel else '' end as name,
        cast(sum(spend) as double) as spend
    from (select spend_date as order_date, channel, spend from marts.marketing_spend) s
    where {where}
    group by all
), known as (
    select date_trunc('month', min(spend_date)) as first_month, date_trunc('month', max(spend_date)) as last_month
    from marts.marketing_spend
), months as (
    select
        b.customer_key,
        b.name,
        b.cohort_month,
        greatest(date_diff('month', b.cohort_month, m.month), 0) as month_number,
        sum(m.net_sales) as net_sales,
        sum(m.margin) as margin
    from marts.customer_months m
    join base b on b.customer_key = m.customer_key
    group by all
), chosen as (
    select
        country,
        channel,
        case when $split = 'channel' then channel else '' end as name,
        cohort_month,
        customers
    from {whole_cohorts}
), gains as (
    select
        c.name,
        c.cohort_month,
        greatest(date_diff('month', c.cohort_month, m.month), 0) as month_number,
        sum(m.net_sales) as net_sales,
        sum(m.margin) as margin,
        sum(m.margin_squares) as squares
    from marts.cohort_months m
    join chosen c on c.cohort_month = m.cohort_month and c.country = m.country and c.channel = m.channel
    group by all
    union all
    select
        name,
        cohort_month,
        month_number,
        sum(net_sales) as net_sales,
        sum(margin) as margin,
        sum(reached * reached - before * before) as squares
    from (
        select
            *,
            cast(sum(margin) over walk as decimal(18, 4)) as reached,
            cast(sum(margin) over walk - margin as decimal(18, 4)) as before
        from months
        window walk as (partition by customer_key order by month_number)
    ) walked
    group by name, cohort_month, month_number
), rate as (
    select cast(sum(margin) as double) / nullif(cast(sum(net_sales) as double), 0) as rate from gains
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
), seen as (
    select
        cells.name,
        cells.cohort_month,
        cast(cells.month_number as integer) as month_number,
        cells.customers,
        cast(sum(g.margin) over running as double) as margin,
        cast(sum(g.squares) over running as double) as margin_squares,
        last_day(cells.cohort_month + to_months(cast(cells.month_number as integer))) <= $observed_until as is_complete,
        false as is_predicted,
        cast(null as double) as margin_low,
        cast(null as double) as margin_high
    from cells
    left join gains g
        on g.name = cells.name and g.cohort_month = cells.cohort_month and g.month_number = cells.month_number
    window running as (partition by cells.name, cells.cohort_month order by cells.month_number)
), ahead as (
    select
        c.name,
        c.cohort_month,
        cast(date_diff('month', f.cohort_month, f.month) as integer) as month_number,
        c.customers,
        brought.margin + c.customers * f.value_per_customer * rate.rate as margin,
        cast(null as double) as margin_squares,
        false as is_complete,
        true as is_predicted,
        brought.margin + c.customers * f.value_low * rate.rate as margin_low,
        brought.margin + c.customers * f.value_high * rate.rate as margin_high
    from marts.cohort_forecasts f
    join cohorts c on c.cohort_month = f.cohort_month and c.customers = f.customers
    join (select name, cohort_month, cast(sum(margin) as double) as margin from gains group by name, cohort_month) brought
        on brought.name = c.name and brought.cohort_month = c.cohort_month
    cross join rate
    where f.value_per_customer is not null and rate.rate is not null
)
select
    cells.*,
    case when cells.cohort_month between known.first_month and known.last_month then
        case when cells.name = '' or exists (select 1 from marts.marketing_spend s where s.channel = cells.name)
            then coalesce(spent.spend, 0)
        end
    end as spend,
    cells.cohort_month = date_trunc('month', $observed_from) as is_first,
    known.first_month is not null as has_spend,
    shop.has_costs or shop.gross_margin < 1 as has_margin
from (select * from seen union all select * from ahead) cells
cross join known
cross join meta.snapshot shop
left join spent on spent.month = cells.cohort_month and spent.name = cells.name
order by cells.name, cells.cohort_month, cells.month_number
