-- question: Which segments buy which category more often than all customers do?
-- grain: a category and a segment
-- filters: none
-- columns: category VARCHAR, segment VARCHAR, buyers BIGINT, category_buyers BIGINT, segment_customers BIGINT, customers BIGINT
-- Customers who ever bought something of the category, by their segment of today. The twelve most bought categories, of 20 buyers
-- or more.
with segments as (
    select segment, count(*) as segment_customers, sum(count(*)) over () as customers
    from marts.customers
    group by segment
), categories as (
    select category, sum(buyers) as category_buyers
    from marts.category_buyers
    group by category
    having sum(buyers) >= 20
    order by category_buyers desc, category
    limit 12
)
select
    categories.category,
    segments.segment,
    cast(coalesce(bought.buyers, 0) as bigint) as buyers,
    cast(categories.category_buyers as bigint) as category_buyers,
    segments.segment_customers,
    cast(segments.customers as bigint) as customers
from categories
cross join segments
left join marts.category_buyers as bought
    on bought.category = categories.category and bought.segment = segments.segment
order by categories.category_buyers desc, categories.category, segments.segment
