-- label: Sales
-- unit: money
-- better: up
-- definition: What was sold in the period in the chosen value basis; net sales are after refunds, on the day they were made. Sales without a customer count.
-- requires: orders
-- formula: sum of the basis column over all days of the period
-- customers: sales
-- filters: all
-- cube: period country channel
select cast(sum({value}) as double) as value
from {sales}
