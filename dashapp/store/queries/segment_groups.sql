-- question: How large is each named group and what did it bring, now and at the end of the comparison?
-- filters: period country channel cohort category product saved
-- kept: {}
-- columns: segment VARCHAR, customers BIGINT, value DECIMAL(18,2), clv DOUBLE, days_since_last_order DOUBLE, as_of DATE, previous_customers BIGINT, previous_value DECIMAL(18,2), previous_days_since_last_order DOUBLE
-- A chosen segment does not narrow it: all groups are shown beside each other. The earlier moment is the month end at or
-- before the comparison's last day; who was in a group then brought what they bought in the comparison. No prediction is
-- kept of then.
with earlier as (
    select max(as_of) as as_of
    from marts.segment_days
    where as_of <= $previous_end
), base as (
    select customer_key, segment, clv, days_since_last_order
    from (select *, $period_start as order_date from marts.customers) c
    where {where}
), sales as (
    select customer_key, sum({value}) as value
    from marts.customer_days
    where {where} and customer_key is not null
    group by customer_key
), previous_sales as (
    select customer_key, sum({value}) as value
    from marts.customer_days
    where {previous_where} and customer_key is not null
    group by customer_key
), present as (
    select
        b.segment,
        cast(count(*) as bigint) as customers,
        cast(coalesce(sum(s.value), 0) as decimal(18, 2)) as value,
        sum(b.clv) as clv,
        avg(b.days_since_last_order) as days_since_last_order
    from base b
    left join sales s on s.customer_key = b.customer_key
    group by b.segment
), past as (
    select
        h.segment,
        cast(count(*) as bigint) as previous_customers,
        cast(coalesce(sum(s.value), 0) as decimal(18, 2)) as previous_value,
        avg(h.days_since_last_order) as previous_days_since_last_order
    from earlier e
    join marts.segment_history h on h.as_of = e.as_of
    join base b on b.customer_key = h.customer_key
    left join previous_sales s on s.customer_key = h.customer_key
    group by h.segment
)
select
    coalesce(present.segment, past.segment) as segment,
    coalesce(present.customers, 0) as customers,
    coalesce(present.value, 0) as value,
    present.clv,
    present.days_since_last_order,
    e.as_of,
    past.previous_customers,
    past.previous_value,
    past.previous_days_since_last_order
from present
full outer join past on past.segment = present.segment
cross join earlier e
order by 1
