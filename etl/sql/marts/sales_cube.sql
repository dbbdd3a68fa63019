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
    order_date,
    country,
    channel,
    coalesce(category, 'Unknown') as category,
    cast(count(*) as integer) as lines,
    cast(sum(case when kind in ('sale', 'return') then quantity else 0 end) as double) as units,
    cast(sum(case when amount > 0 then amount else 0 end) as decimal(16, 2)) as gross_sales,
    cast(-sum(case when amount < 0 then amount else 0 end) as decimal(16, 2)) as returns,
    cast(sum(amount) as decimal(16, 2)) as net_sales,
    cast(sum(margin) as decimal(16, 2)) as gross_margin
from staging.order_lines
group by order_date, country, channel, coalesce(category, 'Unknown')
