-- grain: series x day of its newest seven days, held against the eight weeks before them
-- expected: the middle of the same weekday in those eight weeks, from four such days on. The tested days are not in it.
-- deviation: by what part the day differs from it; a share differs by points.
-- spread: the scatter of the eight weeks around their own middles, all weekdays together, from the distance of the first
-- and the ninth decile: of 56 days it tells twice as much as the quarters do, and five odd days on either side do not move
-- it. It is never less than counting alone makes it, and larger the fewer days the middle comes from.
-- verdict: day, where one day lies four spreads away and changes by 12 % (5 points); week, where the mean of the tested
-- days without the lowest and the highest lies 1.3 spreads away (three times its own scatter) and changes by 10 % (3
-- points), and the day does its part.
with placed as (
    select
        series, day, value, observations, is_share, isodow(day) as weekday,
        date_diff('day', day, max(day) over (partition by series)) as days_ago
    from desk.daily_series
),
middles as (
    select
        series, weekday, median(value) as expected, median(observations) as observations, count(value) as points
    from placed
    where days_ago between 7 and 62
    group by series, weekday
),
compared as (
    select
        placed.series, placed.day, placed.value, placed.is_share, placed.days_ago, middles.expected, middles.points,
        case
            when middles.points < 4 then null
            when placed.is_share then placed.value - middles.expected
            when middles.expected > 0 then placed.value / middles.expected - 1
        end as deviation,
        case
            when placed.is_share then sqrt(middles.expected * (1 - middles.expected) / greatest(middles.observations, 1))
            else 1 / sqrt(greatest(middles.observations, 1))
        end as counting
    from placed
    inner join middles on middles.series = placed.series and middles.weekday = placed.weekday
    where placed.days_ago <= 62
),
spreads as (
    select
        series,
        greatest(
            (quantile_cont(deviation, 0.9) - quantile_cont(deviation, 0.1)) / 2.563, median(counting)
        ) * sqrt((median(points) + 1.57) / (median(points) - 1)) as spread
    from compared
    where days_ago >= 7 and deviation is not null
    group by series
),
weeks as (
    select
        series,
        (sum(deviation) - min(deviation) - max(deviation)) / (count(deviation) - 2) as week_deviation
    from compared
    where days_ago < 7
    group by series
    having count(deviation) >= 4
),
limits as (
    select
        compared.*, spreads.spread, weeks.week_deviation,
        greatest(4 * spreads.spread, case when compared.is_share then 0.05 else 0.12 end) as day_limit,
        greatest(1.3 * spreads.spread, case when compared.is_share then 0.03 else 0.10 end) as week_limit
    from compared
    left join spreads on spreads.series = compared.series
    left join weeks on weeks.series = compared.series
    where compared.days_ago < 7
)
select
    series, day, value, expected, points, deviation, spread,
    case
        when abs(deviation) >= day_limit then 'day'
        when abs(week_deviation) >= week_limit and deviation / week_deviation >= 0.5 then 'week'
    end as verdict,
    case when series = 'sales' then cast(value - expected as decimal(16, 2)) end as amount
from limits
