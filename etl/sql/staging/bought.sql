-- grain: one row per customer with a purchase day: all of the models' summary that another last day leaves as it is
-- mends: customer_key
select
    customer_key,
    min(order_date) as first_order_date,
    max(case when purchase_number = 2 then order_date end) as second_order_date,
    max(order_date) as last_order_date,
    cast(count(*) as integer) as purchase_days,
    sum(case when purchase_number > 1 then net_sales else 0 end) as repeat_sales
from staging.purchase_days
group by customer_key
