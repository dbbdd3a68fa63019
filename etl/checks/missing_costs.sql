-- title: Every sold product has a cost
-- dimension: completeness
-- severity: warn
-- table: staging.order_lines
-- scope: row
-- help: Costs are known for some products only. Lines without a cost are left out of the margin.
kind in ('sale', 'return') and margin is null and (select has_costs from staging.inputs)
