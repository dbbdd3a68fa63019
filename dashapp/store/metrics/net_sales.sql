-- label: Sales
-- unit: money
-- better: up
-- definition: What was sold in the period in the chosen value basis; net sales are after refunds, on the day they were made. Sales without a customer count.
-- requires: orders
-- formula: sum of the basis column over all days of the period
-- customers: sales
-- filters: all
-- cube: period country channel
select
    cast(sum(value) as double) as value
from (
    select {value} as value from marts.sales_days where {in_cube} and {cube_where}
    union all
    select {value} as value from marts.customer_days where not {in_cube} and {where}
) as days
