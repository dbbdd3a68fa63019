-- title: Every line has a country
-- dimension: completeness
-- severity: info
-- table: staging.order_lines
-- scope: row
-- help: Neither the lines of the order nor the customer list say a country. The lines count under Unknown.
country = 'Unknown' and (select has_countries from desk.inputs)
