-- question: How many products are in each stage, by how much of the net sales they carry?
-- grain: a class of sales and a stage
-- filters: none
-- columns: sales_class VARCHAR, stage VARCHAR, products BIGINT, net_sales DECIMAL(38,2), gross_margin DECIMAL(38,2)
-- A: the best sellers that together carry the first 80 % of net sales, B: the next 15 %, C: the rest. All observed days.
with ranked as (
    select
        product_key,
        net_sales,
        gross_margin,
        sum(greatest(net_sales, 0)) over (
            order by net_sales desc, product_key rows between unbounded preceding and current row
        ) - greatest(net_sales, 0) as sold_by_better,
        sum(greatest(net_sales, 0)) over () as sold
    from marts.products
    where first_sold_on is not null
)
select
    case
        when ranked.net_sales > 0 and ranked.sold_by_better < 0.8 * ranked.sold then 'A'
        when ranked.net_sales > 0 and ranked.sold_by_better < 0.95 * ranked.sold then 'B'
        else 'C'
    end as sales_class,
    stages.stage,
    count(*) as products,
    cast(sum(ranked.net_sales) as decimal(38, 2)) as net_sales,
    cast(sum(ranked.gross_margin) as decimal(38, 2)) as gross_margin
from ranked
inner join marts.product_stages as stages on stages.product_key = ranked.product_key
group by 1, 2
order by 1, 2
