-- label: Average predicted CLV
-- unit: money
-- better: up
-- definition: Mean residual value: what a customer is predicted to bring within the horizon from the last day of the data, discounted, times the margin setting. Past sales are not in it. All customers count, whenever they bought.
-- formula: sum of residual CLV / customers
-- customers: valued
-- filters: base
-- requires: value
select total / nullif(n, 0) as value, low / n as low, high / n as high, n
from {valued}
