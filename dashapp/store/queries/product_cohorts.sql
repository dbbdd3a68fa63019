-- question: Which share of the customers of each quarter took up one product soon after their first purchase?
-- grain: a quarter of first purchase
-- filters: none
-- columns: quarter DATE, customers BIGINT, takers BIGINT
-- Within 90 days of a customer's first purchase, among customers observed for 90 days or more, so that quarters compare
-- at equal age. Quarters since the product was first sold.
select
    cast(date_trunc('quarter', first_order_date) as date) as quarter,
    cast(sum(customers) as bigint) as customers,
    cast(sum(takers) as bigint) as takers
from (
    select customer.first_order_date, count(*) as customers, count(taken.customer_key) as takers
    from marts.customers as customer
    left join marts.customer_products as taken
        on taken.customer_key = customer.customer_key
        and taken.product_key = $product_key
        and taken.first_order_date <= customer.first_order_date + 90
    where customer.T_days >= 90
        and customer.first_order_date >= (
            select date_trunc('quarter', first_sold_on) from marts.products where product_key = $product_key
        )
    group by customer.first_order_date
) as days
group by 1
order by 1
