-- title: No order lies in the future
-- dimension: conformity
-- severity: stop
-- table: staging.order_lines
-- scope: row
-- help: Recency and age are counted to the last day with a sale, so one wrong year makes every customer look lost. Correct the dates or the date format.
ordered_at > (select started_at + interval 1 day from run.policy)
