-- question: Where did the customers of each segment move between two days, and what did they bring so far?
-- grain: a segment then and a segment now
-- filters: base
-- kept: {"from_day": null, "to_day": null}
-- kept_under: range=l28d&compare=previous_period
-- columns: as_of DATE, until DATE, from_segment VARCHAR, to_segment VARCHAR, customers BIGINT, net_sales DECIMAL(18,2), clv DOUBLE
-- Days are those segments are known for, month ends and the last day: without $from_day the one at or before the end of
-- the comparison, without $to_day the last. Lapsed is told apart from the segments: who enters it was lost, who leaves it
-- was reactivated. Customers whose first purchase came later have no segment then.
with days as (
    select
        (
            select max(as_of)
            from marts.segment_days
            where as_of <= coalesce(cast($from_day as date), cast($previous_end as date))
        ) as as_of,
        (
            select max(as_of)
            from marts.segment_days
            where as_of <= coalesce(cast($to_day as date), $observed_until)
        ) as until
), history as (
    select
        past.as_of,
        past.customer_key,
        case when past.days_since_last_order > told.lapsed_beyond then 'Lapsed' else past.segment end as segment
    from marts.segment_history as past
    join marts.segment_days as told on told.as_of = past.as_of
    where past.as_of in (select as_of from days union all select until from days)
), base as (
    select customer_key, net_sales, clv
    from marts.customers
    where {where}
)
select
    days.as_of,
    days.until,
    case when before.segment is null then 'Not yet a customer' else before.segment end as from_segment,
    after.segment as to_segment,
    count(*) as customers,
    cast(sum(base.net_sales) as decimal(18, 2)) as net_sales,
    sum(base.clv) as clv
from base
cross join days
join history after on after.customer_key = base.customer_key and after.as_of = days.until
left join history before on before.customer_key = base.customer_key and before.as_of = days.as_of
where days.as_of is not null and days.as_of < days.until
group by all
order by from_segment, to_segment
