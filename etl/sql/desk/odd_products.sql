-- grain: one row per product that is not in the product list, or has a sale far above its usual price or quantity
-- Only the odd ones, as in odd_customers. The middle of a product's sales is found for those it can matter to: where no
-- sale is past the limit counted from the smallest, none is past the limit counted from the middle.
with candidates as (
    select product_key
    from staging.order_lines
    where kind = 'sale' and product_key is not null
    group by product_key
    having count(*) >= 20
        and (max(unit_price) > 20 * min(unit_price) or max(quantity) > 500 * min(quantity))
),
limits as (
    select
        line.product_key,
        20 * median(line.unit_price) as highest_price,
        500 * median(line.quantity) as highest_quantity
    from staging.order_lines as line
    inner join candidates on candidates.product_key = line.product_key
    where line.kind = 'sale'
    group by line.product_key
    having max(line.unit_price) > 20 * median(line.unit_price) or max(line.quantity) > 500 * median(line.quantity)
)
select
    product.product_key,
    lists.has_list and listed.product_id is null as is_unlisted,
    limits.highest_price,
    limits.highest_quantity
from staging.products as product
cross join (select exists (select 1 from staging.product_list) as has_list) as lists
left join staging.product_list as listed on listed.product_id = product.product_id
left join limits on limits.product_key = product.product_key
where limits.product_key is not null or (lists.has_list and listed.product_id is null)
