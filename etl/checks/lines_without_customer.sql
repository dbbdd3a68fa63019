-- title: Every line has a customer
-- dimension: completeness
-- severity: warn
-- table: staging.order_lines
-- scope: row
-- help: Lines without a customer count in sales and stay out of customer figures and CLV.
customer_key is null
