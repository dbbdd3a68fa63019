-- question: Which models were fitted to all customers of this snapshot, and what did each fit find?
-- filters: none
-- columns: target VARCHAR, model VARCHAR, fitted VARCHAR
select target, model, cast(fitted as varchar) as fitted
from meta.models
order by target, model
