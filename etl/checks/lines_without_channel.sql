-- title: Every line has a channel
-- dimension: completeness
-- severity: info
-- table: staging.order_lines
-- scope: row
-- help: Neither the lines of the order nor the customer list say a channel. The lines count under Unknown.
channel = 'Unknown' and (select has_channels from desk.inputs)
