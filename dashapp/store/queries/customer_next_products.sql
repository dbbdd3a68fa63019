-- question: What did others buy on their next purchase day, after what one customer bought last?
-- grain: a product that the customer bought last and one that followed it
-- filters: none
-- columns: after_id VARCHAR, after VARCHAR, product_id VARCHAR, product VARCHAR, customers BIGINT, followed BIGINT, usual_days BIGINT, days BIGINT, looked_at BIGINT
-- customers: others who bought the first product and came back after the first such day; followed: of those, who bought
-- the second one on their next purchase day, where that are $least or more, of looked_at such pairs; days: all purchase
-- days but everybody's first, usual_days: those with the second product. What the customer ever bought does not follow.
with own as (
    select product_key, order_date, max(order_date) over () as last_date
    from marts.order_lines
    where customer_key = $customer_key and kind = 'sale'
), begun as (
    select product_key as after_key, customer_key, first_order_date as order_date
    from marts.customer_products
    where customer_key <> $customer_key
        and product_key in (select product_key from own where order_date = last_date)
), came_back as (
    select b.after_key, b.customer_key, min(d.order_date) as order_date
    from begun as b
    inner join marts.customer_days as d on d.customer_key = b.customer_key and d.order_date > b.order_date
    where d.is_purchase
    group by b.after_key, b.customer_key
), sizes as (
    select after_key, count(*) as customers from came_back group by after_key
), followed as (
    select
        c.after_key,
        l.product_key,
        count(distinct c.customer_key) as followed,
        count(*) over () as looked_at
    from came_back as c
    inner join marts.order_lines as l on l.customer_key = c.customer_key and l.order_date = c.order_date
    where l.kind = 'sale' and l.product_key not in (select product_key from own where product_key is not null)
    group by c.after_key, l.product_key
    qualify count(distinct c.customer_key) >= $least
), again as (
    select cast(sum(frequency) as bigint) as days from marts.customers where second_order_date is not null
)
select
    before.product_id as after_id,
    coalesce(before.product_name, before.product_id) as after,
    next.product_id,
    coalesce(next.product_name, next.product_id) as product,
    sizes.customers,
    followed.followed,
    cast(next.repeat_days as bigint) as usual_days,
    again.days,
    followed.looked_at
from followed
cross join again
inner join sizes on sizes.after_key = followed.after_key
inner join marts.products as before on before.product_key = followed.after_key
inner join marts.products as next on next.product_key = followed.product_key
order by before.product_id, followed.followed desc, next.product_id
