-- label: Gross margin
-- unit: share
-- better: up
-- definition: Gross margin of the period as a share of net sales, from the unit costs that were loaded.
-- formula: gross margin / net sales
-- customers: sales
-- filters: all
-- cube: period country channel
-- requires: orders costs
select cast(sum(gross_margin) as double) / nullif(cast(sum(net_sales) as double), 0) as value
from {sales}
