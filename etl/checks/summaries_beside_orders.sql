-- title: Customers come as orders or as summaries
-- dimension: consistency
-- severity: stop
-- table: staging.customer_summaries
-- help: Orders and customer summaries were loaded together, so purchases would count twice. Load the orders alone: they hold more. Or load the summaries alone.
select customer_id, observed_until, frequency
from staging.customer_summaries
where exists (select 1 from staging.order_lines)
