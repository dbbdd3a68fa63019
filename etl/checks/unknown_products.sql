-- title: Every sold product is in the product list
-- dimension: consistency
-- severity: warn
-- table: staging.order_lines
-- help: A product list was loaded, but these codes are not in it: no category, no cost. Add them to the list.
select line.batch_id, line.line_number, line.order_id, line.customer_id, line.product_key, line.amount
from staging.order_lines as line
left join staging.products as product on product.product_key = line.product_key
left join staging.product_list as listed on listed.product_id = product.product_id
where line.kind in ('sale', 'return')
    and listed.product_id is null
    and exists (select 1 from staging.product_list)
