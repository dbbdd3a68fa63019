-- label: Orders
-- unit: count
-- better: up
-- definition: Orders with at least one product bought in the period; pure returns are not orders.
-- requires: orders
-- formula: count of orders with a line of quantity > 0 and price > 0
-- customers: sales
-- filters: all
-- cube: period country channel
select cast(sum(orders) as double) as value
from {sales}
