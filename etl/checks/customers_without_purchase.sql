-- title: Every identified customer bought something
-- dimension: completeness
-- severity: info
-- table: staging.customer_keys
-- help: These customers have returns, charges or no lines at all. They have no first purchase, so no model can score them.
select customer_id, reason
from staging.customers_without_purchase
