-- question: How much of the net sales do the best sellers carry?
-- grain: a product
-- filters: none
-- columns: place BIGINT, product_id VARCHAR, product VARCHAR, stage VARCHAR, net_sales DECIMAL(16,2), sales_class VARCHAR, share DOUBLE, share_so_far DOUBLE
-- A: the best sellers that together carry the first 80 % of net sales, B: the next 15 %, C: the rest, as in the map of
-- stages. Products whose returns outweigh their sales add nothing. All observed days.
with ranked as (
    select
        row_number() over best as place,
        product_key,
        product_id,
        coalesce(product_name, product_id) as product,
        net_sales,
        greatest(net_sales, 0) as sold,
        sum(greatest(net_sales, 0)) over (best rows between unbounded preceding and current row) as sold_so_far,
        sum(greatest(net_sales, 0)) over () as sold_by_all
    from marts.products
    where first_sold_on is not null
    window best as (order by net_sales desc, product_key)
)
select
    ranked.place,
    ranked.product_id,
    ranked.product,
    stages.stage,
    ranked.net_sales,
    case
        when ranked.net_sales > 0 and ranked.sold_so_far - ranked.sold < 0.8 * ranked.sold_by_all then 'A'
        when ranked.net_sales > 0 and ranked.sold_so_far - ranked.sold < 0.95 * ranked.sold_by_all then 'B'
        else 'C'
    end as sales_class,
    cast(ranked.sold as double) / nullif(cast(ranked.sold_by_all as double), 0) as share,
    cast(ranked.sold_so_far as double) / nullif(cast(ranked.sold_by_all as double), 0) as share_so_far
from ranked
left join marts.product_stages as stages on stages.product_key = ranked.product_key
order by ranked.place
