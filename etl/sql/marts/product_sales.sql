-- grain: product x day with a line of it
-- sort: product_key, order_date
-- mends: order_date
-- product_key UINTEGER: as in marts.products, and of charge codes
-- order_date DATE: shop-local day
-- pieces_sold DECIMAL(18,3): of sales; above zero where there was one
-- pieces_returned DECIMAL(18,3): of returns, positive
-- net_sales DECIMAL(18,2): sales less returns, with adjustments
-- gross_margin DECIMAL(18,2): null without costs
select
    product_key,
    order_date,
    cast(sum(case when kind = 'sale' then quantity else 0 end) as decimal(18, 3)) as pieces_sold,
    cast(-sum(case when kind = 'return' then quantity else 0 end) as decimal(18, 3)) as pieces_returned,
    cast(sum(amount) as decimal(18, 2)) as net_sales,
    cast(sum(margin) as decimal(18, 2)) as gross_margin
from staging.order_lines
where product_key is not null
group by product_key, order_date
