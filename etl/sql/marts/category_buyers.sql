-- grain: category x segment of its buyers today
-- sort: category, segment
-- mends: sums by category, segment
-- category VARCHAR: Unknown where absent; charge codes are in none
-- segment VARCHAR: as in marts.customers
-- buyers INTEGER: customers who ever bought something of the category
select
    bought.category,
    people.segment,
    cast(count(*) as integer) as buyers
from staging.category_customers as bought
inner join marts.customers as people on people.customer_key = bought.customer_key
group by bought.category, people.segment
