-- question: How many customers moved from which segment to which between two days, and what did they bring so far?
-- filters: base
-- columns: from_segment VARCHAR, to_segment VARCHAR, customers BIGINT, net_sales DECIMAL(18,2), clv DOUBLE
-- Both days are days the segments are known for. Lapsed is told apart from the segments, as in segment_moves.
with named as (
    select as_of, customer_key, case when is_lapsed then 'Lapsed' else segment end as segment
    from marts.segment_history
    where as_of in (cast($from_day as date), cast($to_day as date))
), base as (
    select customer_key, net_sales, clv
    from marts.customers
    where {where}
)
select
    coalesce(before.segment, 'Not yet a customer') as from_segment,
    after.segment as to_segment,
    count(*) as customers,
    cast(sum(base.net_sales) as decimal(18, 2)) as net_sales,
    sum(base.clv) as clv
from base
join named after on after.customer_key = base.customer_key and after.as_of = $to_day
left join named before on before.customer_key = base.customer_key and before.as_of = $from_day
group by all
order by customers desc, from_segment, to_segment
