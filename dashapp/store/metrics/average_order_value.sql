-- label: Average order value
-- unit: money
-- better: up
-- definition: Sales of the period in the chosen basis, refunds included where the basis is net, divided by the orders of the period.
-- requires: orders
-- formula: sales / orders
-- customers: sales
-- filters: all
-- cube: period country channel
select
    cast(sum(value) as double) / nullif(cast(sum(orders) as double), 0) as value
from (
    select {value} as value, orders from marts.sales_days where {in_cube} and {cube_where}
    union all
    select {value} as value, orders from marts.customer_days where not {in_cube} and {where}
) as days
