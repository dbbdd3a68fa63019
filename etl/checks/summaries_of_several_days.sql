-- title: Customer summaries end on one day
-- dimension: consistency
-- severity: stop
-- table: staging.customer_summaries
-- help: These summaries were counted up to another day than the newest, so their silence cannot be compared. Export all customers up to one day.
select customer_id, observed_until
from staging.customer_summaries
where observed_until < (select observed_until from staging.observation)
