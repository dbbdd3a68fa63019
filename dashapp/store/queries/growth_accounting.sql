-- question: Who came into the base of customers in each month, who came back, and who lapsed; and in the comparison period?
-- grain: a month, now or before
-- filters: all
-- kept: {}
-- cube: country channel segment
-- columns: series VARCHAR, month DATE, is_kept BOOLEAN, base_before BIGINT, retained BIGINT, new BIGINT, reactivated BIGINT, lapsed BIGINT, base_after BIGINT, at_risk BIGINT, back_in_time BIGINT
-- The base are the customers who have not lapsed. Whole months of the calendar that the period touches; what was before
-- is counted too, because it made the base. The days of the period are cut at the end, not by the filter.
with changes as (
    select
        s.customer_key,
        s.changed_on,
        s.state,
        s.state_before,
        cast(date_trunc('month', s.changed_on) as date) as month,
        cast(date_trunc('month', s.joined_on) as date) as joined
    from marts.state_changes as s
    semi join (
        select customer_key from (select *, $period_start as order_date from marts.customers) as c where {where}
    ) as chosen on chosen.customer_key = s.customer_key
    where not {in_cube}
), months as (
    select cast(unnest(generate_series(
        date_trunc('month', $observed_from), date_trunc('month', $observed_until), interval 1 month
    )) as date) as month
), counted as (
    select month, new, reactivated, lapsed, lapsed_of_before, at_risk, back_in_time
    from marts.state_months
    where {in_cube} and {cube_where}
    union all
    select
        month,
        count(*) filter (state = 'new') as new,
        count(*) filter (state = 'reactivated') as reactivated,
        count(*) filter (state = 'lapsed') as lapsed,
        count(*) filter (state = 'lapsed' and joined < month) as lapsed_of_before,
        count(*) filter (state = 'at_risk') as at_risk,
        count(*) filter (state = 'active' and state_before = 'at_risk') as back_in_time
    from changes
    group by month
), counts as (
    select
        m.month,
        cast(coalesce(sum(c.new), 0) as bigint) as new,
        cast(coalesce(sum(c.reactivated), 0) as bigint) as reactivated,
        cast(coalesce(sum(c.lapsed), 0) as bigint) as lapsed,
        cast(coalesce(sum(c.lapsed_of_before), 0) as bigint) as lapsed_of_before,
        cast(coalesce(sum(c.at_risk), 0) as bigint) as at_risk,
        cast(coalesce(sum(c.back_in_time), 0) as bigint) as back_in_time
    from months as m
    left join counted as c on c.month = m.month
    group by m.month
), running as (
    select *, sum(new + reactivated - lapsed) over (order by month) as base_after
    from counts
)
select
    p.series,
    r.month,
    exists (select 1 from marts.segment_days as d where d.as_of = last_day(r.month)) as is_kept,
    cast(base_after - new - reactivated + lapsed as bigint) as base_before,
    cast(base_after - new - reactivated + lapsed - lapsed_of_before as bigint) as retained,
    new,
    reactivated,
    lapsed,
    cast(base_after as bigint) as base_after,
    at_risk,
    back_in_time
from running as r
join (values
    ('current', cast($period_start as date), cast($period_end as date)),
    ('previous', cast($previous_start as date), cast($previous_end as date))
) as p (series, first_day, last_day) on r.month between date_trunc('month', p.first_day) and p.last_day
order by p.series, r.month
