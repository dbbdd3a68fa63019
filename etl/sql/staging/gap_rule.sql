-- grain: one row; the gap in days that 90 % of all gaps between consecutive purchase days do not exceed
-- Of a customer delivered as a summary only the mean gap is known, and counts once.
-- Without any repeat purchase there is no evidence of anybody being late: the whole observation is the rule.
select
    coalesce(
        (
            select min(gap_days)
            from (
                select gap_days, cume_dist() over (order by gap_days) as share
                from (
                    select gap_days from staging.purchase_days where gap_days is not null
                    union all
                    select cast(round(recency_days / cast(frequency as double)) as integer) as gap_days
                    from staging.customer_summaries
                    where frequency > 0
                ) as known
            ) as gaps
            where share >= 0.9
        ),
        (select date_diff('day', observed_from, observed_until) from staging.observation)
    ) as usual_gap_days
