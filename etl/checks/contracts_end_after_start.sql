-- title: Contracts end after they start
-- dimension: consistency
-- severity: warn
-- table: marts.contracts
-- help: These contracts were cancelled before their first day and count in no rate. Correct the dates in the export.
select contract_id, started_on, cancelled_on
from marts.contracts
where cancelled_on < started_on
