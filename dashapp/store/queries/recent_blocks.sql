-- question: What happened in each of the last 13 times 28 days?
-- filters: none
-- columns: first_day DATE, last_day DATE, net_sales DOUBLE, active_customers DOUBLE, new_customers DOUBLE, average_order_value DOUBLE
-- Each as the key figure of that name counts it; the last block is the last 28 days. Only blocks observed in full.
with blocks as (
    select
        place,
        cast($observed_until - 28 * place - 27 as date) as first_day,
        cast($observed_until - 28 * place as date) as last_day
    from (select cast(unnest(range(13)) as integer) as place)
)
select
    b.first_day,
    b.last_day,
    coalesce(cast(sum(d.net_sales) as double), 0) as net_sales,
    cast(count(distinct d.customer_key) filter (d.is_purchase) as double) as active_customers,
    cast(count(distinct d.customer_key) filter (d.customer_type = 'new') as double) as new_customers,
    cast(sum(d.net_sales) as double) / nullif(cast(sum(d.orders) as double), 0) as average_order_value
from blocks as b
left join marts.customer_days as d on d.order_date between b.first_day and b.last_day
where b.first_day >= $observed_from
group by b.first_day, b.last_day
order by b.first_day
