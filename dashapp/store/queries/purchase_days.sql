-- question: On which days did each customer buy or return something, and for how much?
-- filters: none
-- columns: customer_key UINTEGER, order_date DATE, amount DOUBLE, is_purchase BOOLEAN
select
    customer_key,
    order_date,
    cast(sum(net_sales) as double) as amount,
    bool_or(is_purchase) as is_purchase
from marts.customer_days
where customer_key is not null
group by customer_key, order_date
order by customer_key, order_date
