-- question: What did customers bring who began like this new one, by channel and category of the first purchase?
-- filters: none
-- columns: channel VARCHAR, category VARCHAR, window_days INTEGER, customers INTEGER, value DOUBLE, low DOUBLE, high DOUBLE, weight DOUBLE
-- No row for customers who came 90 days ago or earlier: their own history says more.
select
    began.channel,
    began.category,
    began.window_days,
    began.customers,
    began.value,
    began.low,
    began.high,
    began.weight
from marts.customers as customer
inner join marts.cold_start as began
    on began.channel = customer.channel and began.category = coalesce(customer.first_category, '')
where customer.customer_key = $customer_key and customer.T_days < 90
