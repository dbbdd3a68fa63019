-- title: Every sold product has a cost
-- dimension: completeness
-- severity: warn
-- table: staging.order_lines
-- help: Costs are known for some products only. Lines without a cost are left out of the margin.
select batch_id, line_number, order_id, customer_id, product_key, amount
from staging.order_lines
where kind in ('sale', 'return')
    and margin is null
    and exists (select 1 from staging.inputs where has_costs)
