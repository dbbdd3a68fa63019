-- grain: one row per customer of several ids that the customer list names: the lexically first value among them
select
    ids.customer_key,
    min(listed.customer_name) as customer_name,
    min(listed.email) as email
from staging.customer_ids as ids
inner join staging.customer_list as listed on listed.customer_id = ids.customer_id
where ids.customer_key in (select customer_key from staging.customer_ids where customer_id <> counted_as)
group by ids.customer_key
