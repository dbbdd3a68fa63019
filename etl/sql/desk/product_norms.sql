-- grain: one row per product: whether it is missing from the product list, and the middle price and quantity of its sales
-- is_unlisted is null where no product list was delivered.
select
    product.product_key,
    case when lists.has_list then listed.product_id is null end as is_unlisted,
    coalesce(sold.sale_lines, 0) as sale_lines,
    sold.usual_price,
    sold.usual_quantity
from staging.products as product
cross join (select exists (select 1 from staging.product_list) as has_list) as lists
left join staging.product_list as listed on listed.product_id = product.product_id
left join (
    select
        product_key,
        count(*) as sale_lines,
        median(unit_price) as usual_price,
        median(quantity) as usual_quantity
    from staging.order_lines
    where kind = 'sale'
    group by product_key
) as sold on sold.product_key = product.product_key
