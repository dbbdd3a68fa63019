-- question: What margin did the customers of each first channel bring by equal age, and what was spent to win them?
-- grain: a channel of the first purchase, at one age
-- filters: channel
-- kept: {"horizon": 0}
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
), cells as (
    select
        a.*,
        cast(case
            when shop.has_costs then a.gross_margin
            when shop.gross_margin < 1 then a.net_sales * shop.gross_margin
        end as decimal(18, 4)) as margin,
        cast(case
            when shop.has_costs then a.gross_margin_squares
            when shop.gross_margin < 1 then a.net_sales_squares * shop.gross_margin * shop.gross_margin
        end as decimal(38, 4)) as squares
    from marts.channel_ages a
    cross join meta.snapshot shop
    where {where}
), ages as (
    select distinct unit, age from cells
), mature as (
    select ages.unit, ages.age, calendar.month
    from ages
    join calendar on $observed_until >= case
        when ages.unit = 'days' then last_day(calendar.month) + greatest(ages.age, 1) - 1
        else last_day(calendar.month + to_months(ages.age))
    end
    qualify row_number() over (partition by ages.unit, ages.age order by calendar.month desc) <= 12
), brought as (
    select
        c.channel,
        m.unit,
        m.age,
        cast(sum(c.customers) as bigint) as customers,
        cast(sum(c.margin) as double) as margin,
        cast(sum(c.squares) as double) as squares
    from mature m
    join cells c on c.unit = m.unit and c.age = m.age and c.cohort_month = m.month
    group by all
), names as (
    select distinct channel from cells
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
    coalesce(brought.customers, 0) as customers,
    brought.margin,
    brought.squares as margin_squares,
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
left join brought on brought.channel = names.channel and brought.unit = spans.unit and brought.age = spans.age
left join paid on paid.channel = names.channel and paid.unit = spans.unit and paid.age = spans.age
left join marts.clv_totals worth on worth.kind = 'channel' and worth.name = names.channel
order by names.channel, spans.unit, spans.age
