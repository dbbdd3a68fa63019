-- question: Where did the customers of each segment move between the end of the comparison and today?
-- filters: base
-- columns: as_of DATE, from_segment VARCHAR, to_segment VARCHAR, customers BIGINT
-- Lapsed is told apart from the segments: who enters it was lost, who leaves it was reactivated. Customers whose first
-- purchase came later have no segment then. The month end before the comparison's last day is the earlier moment.
with earlier as (
    select max(as_of) as as_of
    from marts.segment_history
    where as_of <= $previous_end
), named as (
    select as_of, customer_key, case when is_lapsed then 'Lapsed' else segment end as segment
    from marts.segment_history
), base as (
    select customer_key
    from marts.customers
    where {where}
)
select
    earlier.as_of,
    case when before.segment is null then 'Not yet a customer' else before.segment end as from_segment,
    after.segment as to_segment,
    count(*) as customers
from base
cross join earlier
join named after on after.customer_key = base.customer_key and after.as_of = $observed_until
left join named before on before.customer_key = base.customer_key and before.as_of = earlier.as_of
where earlier.as_of is not null
group by all
order by from_segment, to_segment
