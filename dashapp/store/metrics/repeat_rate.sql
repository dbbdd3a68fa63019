-- label: Repeat rate
-- unit: share
-- better: up
-- definition: Of the customers who bought in the period, the share that had bought on two or more days by its end.
-- formula: buyers with >= 2 purchase days up to the end of the period / buyers of the period
-- filters: period country channel segment
with buyers as (
    select customer_key, max(order_date) as last_date
    from marts.customer_days
    where {where} and is_purchase and customer_key is not null
    group by customer_key
)
select
    avg(cast(c.first_order_date < b.last_date as double)) as value
from buyers b
join marts.customers c using (customer_key)
