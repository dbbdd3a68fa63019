-- grain: one contract of an identified customer
-- sort: started_on, contract_id
-- mends: all
-- contract_id VARCHAR: as delivered
-- customer_key UINTEGER: may be a customer without a purchase
-- started_on DATE: first day
-- cancelled_on DATE: day it ends; null while none is known
select
    contracts.contract_id,
    keys.customer_key,
    contracts.started_on,
    case when extract(year from contracts.cancelled_on) < 9999 then contracts.cancelled_on end as cancelled_on
from raw.contracts as contracts
inner join staging.customer_ids as keys on keys.customer_id = contracts.customer_id
