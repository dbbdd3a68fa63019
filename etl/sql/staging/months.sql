-- grain: one row per calendar month of the observation: first day, last day, running number
select
    cast(month_start as date) as month,
    last_day(cast(month_start as date)) as month_end,
    cast(year(month_start) * 12 + month(month_start) as integer) as month_index
from (
    select unnest(generate_series(date_trunc('month', observed_from), observed_until, interval 1 month)) as month_start
    from staging.observation
) as months
