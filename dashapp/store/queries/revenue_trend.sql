-- question: What was sold in each bucket of the period, by kind of customer, and what in the comparison period?
-- grain: a bucket of days, a kind of customer, and now or before
-- filters: all
-- cube: period country channel
-- columns: series VARCHAR, bucket DATE, customer_type VARCHAR, gross_sales DECIMAL(18,2), returns DECIMAL(18,2), value DECIMAL(18,2), orders BIGINT
with shift as (
    -- a week begins on Monday to date_trunc
    select case when $grain = 'week' then cast($week_shift_days as integer) else 0 end as days
)
select
    'current' as series,
    cast(date_trunc($grain, order_date + shift.days) as date) - shift.days as bucket,
    customer_type,
    cast(sum(gross_sales) as decimal(18, 2)) as gross_sales,
    cast(sum(returns) as decimal(18, 2)) as returns,
    cast(sum({value}) as decimal(18, 2)) as value,
    cast(sum(orders) as bigint) as orders
from {sales}
cross join shift
group by all
union all
select
    'previous' as series,
    cast(date_trunc($grain, order_date + shift.days) as date) - shift.days as bucket,
    '' as customer_type,
    cast(null as decimal(18, 2)) as gross_sales,
    cast(null as decimal(18, 2)) as returns,
    cast(sum({value}) as decimal(18, 2)) as value,
    cast(sum(orders) as bigint) as orders
from {previous_sales}
cross join shift
group by all
order by series, bucket, customer_type
