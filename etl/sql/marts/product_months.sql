-- grain: product x month
-- sort: product_key, month
-- product_key UINTEGER: as in marts.products
-- month DATE: first day of the month
-- units DOUBLE: pieces sold less pieces returned
-- buyers INTEGER: identified customers who bought it in the month
-- new_buyers INTEGER: of these, who bought it for the first time
-- net_sales DECIMAL(16,2): sales less returns
-- gross_margin DECIMAL(16,2): null without costs
select
    line.product_key,
    cast(date_trunc('month', line.order_date) as date) as month,
    cast(sum(case when line.kind in ('sale', 'return') then line.quantity else 0 end) as double) as units,
    cast(count(distinct case when line.kind = 'sale' then line.customer_key end) as integer) as buyers,
    cast(
        count(distinct case
            when line.kind = 'sale'
                and cast(date_trunc('month', line.order_date) as date) = cast(date_trunc('month', debut.order_date) as date)
                then line.customer_key
        end) as integer
    ) as new_buyers,
    cast(sum(line.amount) as decimal(16, 2)) as net_sales,
    cast(sum(line.margin) as decimal(16, 2)) as gross_margin
from staging.order_lines as line
inner join marts.products as product on product.product_key = line.product_key
left join (
    select product_key, customer_key, min(order_date) as order_date
    from staging.order_lines
    where kind = 'sale' and customer_key is not null
    group by product_key, customer_key
) as debut on debut.product_key = line.product_key and debut.customer_key = line.customer_key
group by line.product_key, cast(date_trunc('month', line.order_date) as date)
