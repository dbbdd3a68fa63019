-- title: Returned goods were sold before
-- dimension: consistency
-- severity: warn
-- table: staging.order_lines
-- help: The customer returned a product without an earlier sale of it in the data: it was bought before the data begins, or the sale is missing.
select returned.batch_id, returned.line_number, returned.order_id, returned.ordered_at, returned.amount
from staging.order_lines as returned
left join (
    select customer_key, product_key, min(ordered_at) as first_sold_at
    from staging.order_lines
    where kind = 'sale' and customer_key is not null
    group by customer_key, product_key
) as sold on sold.customer_key = returned.customer_key and sold.product_key is not distinct from returned.product_key
where returned.kind = 'return'
    and returned.customer_key is not null
    and (sold.first_sold_at is null or sold.first_sold_at > returned.ordered_at)
