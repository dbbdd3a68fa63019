-- grain: one row; which optional columns the order lines fill at all
select
    exists (select 1 from staging.order_lines where product_key is not null) as has_products,
    exists (select 1 from staging.order_lines where country <> 'Unknown') as has_countries,
    exists (select 1 from staging.order_lines where channel <> 'Unknown') as has_channels
