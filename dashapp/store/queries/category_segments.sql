-- question: Which segments buy which category more often than all customers do?
-- grain: a category and a segment
-- filters: none
-- columns: category VARCHAR, segment VARCHAR, buyers BIGINT, category_buyers BIGINT, segment_customers BIGINT, customers BIGINT
-- Customers who ever bought something of the category, by their segment of today. The twelve most bought categories, of 20 buyers
-- or more.
with bought as (
    select products.category, customer.segment, count(distinct products.customer_key) as buyers
    from marts.customer_products as products
    inner join marts.customers as customer on customer.customer_key = products.customer_key
    group by products.category, customer.segment
), segments as (
    select segment, count(*) as segment_customers, sum(count(*)) over () as customers
    from marts.customers
    group by segment
), categories as (
    select category, sum(buyers) as category_buyers
    from bought
    group by category
    having sum(buyers) >= 20
    order by category_buyers desc, category
    limit 12
)
select
    categories.category,
    segments.segment,
    coalesce(bought.buyers, 0) as buyers,
    cast(categories.category_buyers as bigint) as category_buyers,
    segments.segment_customers,
    cast(segments.customers as bigint) as customers
from categories
cross join segments
left join bought on bought.category = categories.category and bought.segment = segments.segment
order by categories.category_buyers desc, categories.category, segments.segment
