-- label: Average predicted CLV
-- unit: money
-- better: up
-- definition: Mean predicted CLV: what a customer is predicted to bring within the horizon from the last day of the data, discounted, times the margin setting. Past sales are not in it. All customers count, whenever they bought.
-- formula: value of the base / customers
-- customers: valued
-- filters: base
-- requires: value
select total / nullif(n, 0) as value, low / n as low, high / n as high, n
from {valued}
