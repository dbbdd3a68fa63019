-- question: Who are the best of those a search means, by id, and with $contact by name?
-- filters: none
-- tables: found(customer_key UINTEGER, place TINYINT)
-- columns: customer_id VARCHAR, customer_name VARCHAR
select
    c.customer_id,
    case when $contact then c.customer_name end as customer_name
from found f
join marts.customers c on c.customer_key = f.customer_key
order by f.place, c.customer_id
limit $limit
