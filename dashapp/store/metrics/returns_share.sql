-- label: Refunded share
-- unit: share
-- better: down
-- definition: Refunds made in the period as a share of gross sales of the period, whenever the refunded order was placed.
-- requires: orders
-- formula: returns / gross sales
-- customers: sales
-- filters: all
-- cube: period country channel
select cast(sum(returns) as double) / nullif(cast(sum(gross_sales) as double), 0) as value
from {sales}
