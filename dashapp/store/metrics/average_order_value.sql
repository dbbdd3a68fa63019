-- label: Average order value
-- unit: money
-- better: up
-- definition: Sales of the period in the chosen basis, refunds included where the basis is net, divided by the orders of the period.
-- requires: orders
-- formula: sales / orders
-- customers: sales
-- filters: all
-- cube: period country channel
select cast(sum({value}) as double) / nullif(cast(sum(orders) as double), 0) as value
from {sales}
