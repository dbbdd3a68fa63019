-- grain: one row per identified customer, with or without a purchase; linked ids are one, under the first of them
-- kept: no
select customer_id, customer_key
from staging.customer_ids
where customer_id = counted_as
