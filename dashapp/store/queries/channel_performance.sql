-- question: What margin did the customers of each first channel bring by equal age, and what was spent to win them?
-- filters: channel
-- columns: channel VARCHAR, unit VARCHAR, age INTEGER, customers BIGINT, margin DOUBLE, margin_squares DOUBLE, spend DOUBLE, cohorts BIGINT, first_month DATE, last_month DATE, has_spend BOOLEAN, has_margin BOOLEAN, clv DOUBLE, clv_low DOUBLE, clv_high DOUBLE, clv_customers BIGINT, horizon INTEGER
-- A row per channel and age: the first `age` days (0 is the day of the first purchase) or the calendar months 0 to `age`.
-- An age takes the newest 12 months of first purchase whose every customer has reached it, customers and spend of the
-- same months; never the month the data begin in, which holds everyone who bought before. Spend null: none is known for
-- the channel. margin_squares is the sum over customers of their squared margin: what an interval needs. clv is the
-- predicted total of everybody of the channel. Without costs the margin is the share set for the shop, if one is set.
with spent as (
    select cast(date_trunc('month', spend_date) as date) as month, channel, sum(spend) as spend
    from marts.marketing_spend
    group by all
), calendar as (
    select cast(month as date) as month
    from (
        select unnest(generate_series(
            date_trunc('month', $observed_from) + interval 1 month, date_trunc('month', $observed_until), interval 1 month
        )) as month
    ) months
    cross join (select min(month) as first_month, max(month) as last_month from spent) known
    where first_month is null or month between first_month and last_month
), ages as (
    select 'days' as unit, unnest([0, 90, 180, 365]) as age
    union all
    select 'months', unnest(range(25))
), mature as (
    select ages.unit, cast(ages.age as integer) as age, calendar.month
    from ages
    join calendar on $observed_until >= case
        when ages.unit = 'days' then last_day(calendar.month) + cast(greatest(ages.age, 1) - 1 as integer)
        else last_day(calendar.month + to_months(cast(ages.age as integer)))
    end
    qualify row_number() over (partition by ages.unit, ages.age order by calendar.month desc) <= 12
), base as (
    select customer_key, channel, cohort_month, first_order_date
    from marts.customers
    where {where} and cohort_month in (select month from calendar) and exists (select 1 from marts.customer_days)
), days as (
    select
        b.customer_key,
        b.channel,
        b.cohort_month,
        greatest(date_diff('day', b.first_order_date, d.order_date), 0) as age_days,
        greatest(date_diff('month', b.cohort_month, d.order_date), 0) as age_months,
        cast(case
            when s.has_costs then d.gross_margin
            when s.gross_margin < 1 then d.net_sales * s.gross_margin
        end as decimal(18, 4)) as margin
    from marts.customer_days d
    join base b on b.customer_key = d.customer_key
    cross join meta.snapshot s
), steps as (
    select
        customer_key,
        channel,
        cohort_month,
        'days' as unit,
        case when age_days = 0 then 0 when age_days < 90 then 90 when age_days < 180 then 180 else 365 end as age,
        sum(margin) as margin
    from days
    where age_days < 365
    group by all
    union all
    select customer_key, channel, cohort_month, 'months', age_months, sum(margin)
    from days
    where age_months <= 24
    group by all
), gains as (
    select
        channel,
        cohort_month,
        unit,
        age,
        sum(margin) as margin,
        sum(reached * reached - before * before) as squares
    from (
        select
            *,
            cast(sum(margin) over walk as decimal(18, 4)) as reached,
            cast(sum(margin) over walk - margin as decimal(18, 4)) as before
        from steps
        window walk as (partition by customer_key, unit order by age)
    ) walked
    group by channel, cohort_month, unit, age
), brought as (
    select g.channel, m.unit, m.age, sum(g.margin) as margin, sum(g.squares) as squares
    from mature m
    join gains g on g.unit = m.unit and g.cohort_month = m.month and g.age <= m.age
    group by all
), people as (
    select b.channel, m.unit, m.age, count(*) as customers
    from mature m
    join base b on b.cohort_month = m.month
    group by all
), names as (
    select distinct channel from base
    union
    select distinct channel from marts.marketing_spend where {where}
), paid as (
    select channels.channel, m.unit, m.age, cast(coalesce(sum(s.spend), 0) as double) as spend
    from mature m
    cross join (select distinct channel from spent) channels
    left join spent s on s.channel = channels.channel and s.month = m.month
    group by all
), spans as (
    select unit, age, count(*) as cohorts, min(month) as first_month, max(month) as last_month from mature group by all
)
select
    names.channel,
    spans.unit,
    spans.age,
    coalesce(people.customers, 0) as customers,
    cast(brought.margin as double) as margin,
    cast(brought.squares as double) as margin_squares,
    paid.spend,
    spans.cohorts,
    spans.first_month,
    spans.last_month,
    exists (select 1 from spent) as has_spend,
    (select has_costs or gross_margin < 1 from meta.snapshot) as has_margin,
    worth.total as clv,
    worth.low as clv_low,
    worth.high as clv_high,
    cast(worth.customers as bigint) as clv_customers,
    cast($horizon as integer) as horizon
from names
cross join spans
left join people on people.channel = names.channel and people.unit = spans.unit and people.age = spans.age
left join brought on brought.channel = names.channel and brought.unit = spans.unit and brought.age = spans.age
left join paid on paid.channel = names.channel and paid.unit = spans.unit and paid.age = spans.age
left join marts.clv_totals worth on worth.kind = 'channel' and worth.name = names.channel
order by names.channel, spans.unit, spans.age
