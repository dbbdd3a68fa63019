-- question: How did the value of the base get from the snapshot before to this one?
-- grain: a step of the bridge
-- filters: none
-- columns: position INTEGER, part VARCHAR, customers BIGINT, amount DECIMAL(18,2), note VARCHAR, before_id VARCHAR, before_until DATE, until DATE
select position, part, customers, amount, note, before_id, before_until, until
from ledger.equity_bridge
order by position
