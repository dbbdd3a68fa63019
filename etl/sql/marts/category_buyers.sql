-- grain: category x segment of its buyers today
-- sort: category, segment
-- mends: all
-- category VARCHAR: Unknown where absent; charge codes are in none
-- segment VARCHAR: as in marts.customers
-- buyers INTEGER: customers who ever bought something of the category
select
    bought.category,
    segments.segment,
    cast(count(*) as integer) as buyers
from staging.category_customers as bought
inner join staging.segments as segments on segments.customer_key = bought.customer_key
group by bought.category, segments.segment
