-- question: In what baskets is one product bought, and after how long do its buyers buy it again?
-- filters: none
-- columns: orders BIGINT, alone_share DOUBLE, median_products DOUBLE, rebuys BIGINT, median_rebuy_days DOUBLE
-- orders: purchase orders with it; alone_share: of these, with no other product. rebuys: times an identified customer
-- bought it again on a later day, and the median of days in between.
with baskets as (
    select products, orders, sum(orders) over (order by products) as up_to, sum(orders) over () as n
    from marts.product_baskets
    where product_key = $product_key
), gaps as (
    select days, rebuys, sum(rebuys) over (order by days) as up_to, sum(rebuys) over () as n
    from marts.product_gaps
    where product_key = $product_key
)
select
    (select cast(coalesce(sum(orders), 0) as bigint) from baskets) as orders,
    (
        select cast(coalesce(sum(case when products = 1 then orders end), 0) as double) / cast(sum(orders) as double)
        from baskets
    ) as alone_share,
    (
        -- the two in the middle, which are one where the number is odd
        select (
            cast(min(case when 2 * up_to >= n then products end) as double)
            + cast(min(case when 2 * up_to > n then products end) as double)
        ) / 2
        from baskets
    ) as median_products,
    (select cast(coalesce(sum(rebuys), 0) as bigint) from gaps) as rebuys,
    (
        select (
            cast(min(case when 2 * up_to >= n then days end) as double)
            + cast(min(case when 2 * up_to > n then days end) as double)
        ) / 2
        from gaps
    ) as median_rebuy_days
