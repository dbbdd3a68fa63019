-- question: What do customer numbers share that tells no person?
-- filters: none
-- columns: doubt VARCHAR, shared BIGINT, customers BIGINT
select
    doubt,
    count(*) as shared,
    cast(sum(customers) as bigint) as customers
from marts.shared_contacts
group by doubt
order by doubt
