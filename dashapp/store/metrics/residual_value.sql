-- label: Value of the base
-- unit: money
-- better: up
-- definition: Predicted CLV of all customers together within the horizon: what the present customers are worth before any new one is won.
-- formula: sum of predicted CLV
-- customers: valued
-- filters: base
-- requires: value
select total as value, low, high, n
from {valued}
