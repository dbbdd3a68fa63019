-- question: What did others buy on their next purchase day, after what one customer bought last?
-- grain: a product that the customer bought last and one that followed it
-- filters: none
-- columns: after_id VARCHAR, after VARCHAR, product_id VARCHAR, product VARCHAR, customers BIGINT, followed BIGINT, usual_days BIGINT, days BIGINT, looked_at BIGINT
-- customers: others who bought the first product and came back after the first such day; followed: of those, who bought
-- the second one on their next purchase day, where that are $least or more, of looked_at such pairs; days: all purchase
-- days but everybody's first, usual_days: those with the second product. What the customer ever bought does not follow.
-- Of a product that many bought every so manieth customer key is looked at, for about $most: a key says nothing of what
-- its customer buys, and what millions did takes seconds to find.
with own as (
    select product_key, order_date, max(order_date) over () as last_date
    from marts.order_lines
    where customer_key = $customer_key and kind = 'sale'
), bought_last as (
    select product_key, cast(ceil(greatest(buyers, 1) / cast($most as double)) as integer) as every
    from marts.products
    where product_key in (select product_key from own where order_date = last_date)
), begun as (
    select p.product_key as after_key, p.customer_key, p.first_order_date as order_date
    from marts.customer_products as p
    inner join bought_last on bought_last.product_key = p.product_key
    where p.customer_key <> $customer_key and p.customer_key % bought_last.every = 0
), came_back as (
    select b.after_key, b.customer_key, min(d.order_date) as order_date
    from begun as b
    inner join marts.customer_days as d on d.customer_key = b.customer_key and d.order_date > b.order_date
    where d.is_purchase
    group by b.after_key, b.customer_key
), sizes as (
    select after_key, count(*) as customers from came_back group by after_key
), met as (
    -- Found by customer first and by day then, and what is no sale left out at the end: each other order reads all lines.
    select c.after_key, c.customer_key, l.product_key, l.kind
    from (
        select customer_key, order_date, product_key, kind
        from marts.order_lines
        where customer_key in (select customer_key from came_back)
    ) as l
    inner join came_back as c on c.customer_key = l.customer_key and c.order_date = l.order_date
    where l.product_key not in (select product_key from own where product_key is not null)
), counted as (
    select after_key, product_key, count(distinct customer_key) filter (where kind = 'sale') as followed
    from met
    group by after_key, product_key
), followed as (
    select *, count(*) over () as looked_at
    from counted
    where followed > 0
    qualify followed >= $least
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
