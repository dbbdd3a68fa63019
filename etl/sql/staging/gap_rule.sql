-- grain: one row; the gap in days that 90 % of all gaps between consecutive purchase days do not exceed
-- Without any repeat purchase there is no evidence of anybody being late: the whole observation is the rule.
select
    coalesce(
        (
            select min(gap_days)
            from (
                select gap_days, cume_dist() over (order by gap_days) as share
                from staging.purchase_days
                where gap_days is not null
            ) as gaps
            where share >= 0.9
        ),
        (select date_diff('day', observed_from, observed_until) from staging.observation)
    ) as usual_gap_days
