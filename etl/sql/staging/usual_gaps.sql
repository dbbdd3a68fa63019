-- grain: one row per customer with a purchase: the gap in days that 90 % of their gaps do not exceed
-- A customer with fewer than five gaps has no rhythm of their own to tell: the gap rule of the shop holds for them.
select
    rfm.customer_key,
    cast(coalesce(own.usual_gap_days, rule.usual_gap_days) as integer) as usual_gap_days
from staging.rfm as rfm
cross join staging.gap_rule as rule
left join (
    select
        customer_key,
        min(gap_days) filter (share >= 0.9) as usual_gap_days
    from (
        select
            customer_key,
            gap_days,
            cume_dist() over (partition by customer_key order by gap_days) as share
        from staging.purchase_days
        where gap_days is not null
    ) as gaps
    group by customer_key
    having count(*) >= 5
) as own on own.customer_key = rfm.customer_key
