-- question: Which share of the customers of each quarter took up one product soon after their first purchase?
-- grain: a quarter of first purchase
-- filters: none
-- columns: quarter DATE, customers BIGINT, takers BIGINT
-- Within 90 days of a customer's first purchase, among customers observed for 90 days or more, so that quarters compare
-- at equal age. Quarters since the product was first sold.
with customers as (
    select customer_key, first_order_date
    from marts.customers
    where T_days >= 90
        and first_order_date >= (
            select date_trunc('quarter', first_sold_on) from marts.products where product_key = $product_key
        )
), taken as (
    select customers.first_order_date, count(*) as takers
    from marts.customer_products as own
    inner join customers on customers.customer_key = own.customer_key
    where own.product_key = $product_key and own.first_order_date <= customers.first_order_date + 90
    group by customers.first_order_date
), days as (
    select first_order_date, count(*) as customers from customers group by first_order_date
)
select
    cast(date_trunc('quarter', days.first_order_date) as date) as quarter,
    cast(sum(days.customers) as bigint) as customers,
    cast(coalesce(sum(taken.takers), 0) as bigint) as takers
from days
left join taken on taken.first_order_date = days.first_order_date
group by 1
order by 1
