-- grain: day x country x channel x category; additive measures only (orders span categories and do not add up)
-- sort: order_date, country, channel, category
-- mends: order_date
-- order_date DATE: shop-local day
-- country VARCHAR: of the order
-- channel VARCHAR: of the order
-- category VARCHAR: Unknown where absent
-- lines INTEGER: lines of every kind
-- units DOUBLE: pieces sold less pieces returned
-- gross_sales DECIMAL(16,2): money in
-- returns DECIMAL(16,2): money back, positive
-- net_sales DECIMAL(16,2): gross_sales - returns
-- gross_margin DECIMAL(16,2): net sales less cost of goods; null without costs
select
    line.order_date,
    line.country,
    line.channel,
    coalesce(product.category, 'Unknown') as category,
    cast(count(*) as integer) as lines,
    cast(sum(case when line.kind in ('sale', 'return') then line.quantity else 0 end) as double) as units,
    cast(sum(case when line.amount > 0 then line.amount else 0 end) as decimal(16, 2)) as gross_sales,
    cast(-sum(case when line.amount < 0 then line.amount else 0 end) as decimal(16, 2)) as returns,
    cast(sum(line.amount) as decimal(16, 2)) as net_sales,
    cast(sum(line.margin) as decimal(16, 2)) as gross_margin
from staging.order_lines as line
left join (select product_key, category from staging.products where category is not null) as product
    on product.product_key = line.product_key
group by line.order_date, line.country, line.channel, coalesce(product.category, 'Unknown')
