-- grain: one row per customer of the customer list; the lexically first value where the list repeats a customer
select
    customer_id,
    min(customer_name) as customer_name,
    min(email) as email,
    min(country) as country,
    min(channel) as channel,
    min(signed_up_on) as signed_up_on
from raw.customers
where customer_id is not null
group by customer_id
