-- title: Every line has a customer
-- dimension: completeness
-- severity: warn
-- table: staging.order_lines
-- help: Lines without a customer count in sales and stay out of customer figures and CLV.
select batch_id, line_number, order_id, ordered_at, amount
from staging.order_lines
where customer_key is null
