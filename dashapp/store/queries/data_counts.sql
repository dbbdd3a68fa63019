-- question: How many customers, orders and lines does this snapshot hold, and how many customers have no score?
-- filters: none
-- columns: customers BIGINT, orders BIGINT, lines BIGINT, products BIGINT, unscored BIGINT, net_sales DECIMAL(18,2), unidentified_sales DECIMAL(18,2)
select
    (select count(*) from marts.customers) as customers,
    (select count(*) from marts.orders where is_purchase) as orders,
    (select count(*) from marts.order_lines) as lines,
    (select count(*) from marts.products) as products,
    (select count(*) from quality.unscored_customers) as unscored,
    (select cast(sum(net_sales) as decimal(18, 2)) from marts.customer_days) as net_sales,
    (select cast(sum(net_sales) as decimal(18, 2)) from marts.customer_days where customer_key is null)
        as unidentified_sales
