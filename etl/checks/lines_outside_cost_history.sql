-- title: Every sale lies in a period of its cost history
-- dimension: completeness
-- severity: warn
-- table: staging.order_lines
-- help: The product has costs with dates, but none on the day of these lines, and the lines carry none themselves. The product's single cost was used, or none.
select
    line.batch_id, line.line_number, line.order_id, line.order_date, source.customer_id, product.product_id, line.amount
from staging.order_lines as line
inner join staging.products as product on product.product_key = line.product_key
inner join (select distinct product_id from staging.costs) as known on known.product_id = product.product_id
inner join raw.order_lines as source
    on source.batch_id = line.batch_id and source.line_number = line.line_number
left join staging.costs as cost
    on cost.product_id = product.product_id
    and cost.valid_from <= line.order_date
    and coalesce(cost.valid_to, cast('9999-12-31' as date)) >= line.order_date
where line.kind in ('sale', 'return') and source.unit_cost is null and cost.product_id is null
