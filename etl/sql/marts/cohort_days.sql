-- grain: day of the first purchase x month
-- sort: first_order_date, month
-- mends: all
-- first_order_date DATE: as in marts.customers
-- month DATE: first day of the month
-- active_customers INTEGER: who first bought on that day and have a purchase order in that month
select
    rfm.first_order_date,
    walked.month,
    cast(count(*) as integer) as active_customers
from staging.customer_reach as walked
inner join staging.rfm as rfm on rfm.customer_key = walked.customer_key
where walked.orders > 0
group by rfm.first_order_date, walked.month
