-- title: No order lies in the future
-- dimension: conformity
-- severity: stop
-- table: staging.order_lines
-- help: Recency and age are counted to the last day with a sale, so one wrong year makes every customer look lost. Correct the dates or the date format.
select line.batch_id, line.line_number, line.order_id, line.ordered_at, line.customer_id, line.amount
from staging.order_lines as line
cross join run.policy as policy
where line.ordered_at > policy.started_at + interval 1 day
