-- question: How long did customers who started with one product wait for their next order, and how long all others?
-- grain: a way to start and a number of days
-- filters: none
-- columns: started_here BOOLEAN, days BIGINT, came_back BOOLEAN, customers BIGINT, hazard_ratio DOUBLE, hazard_low DOUBLE, hazard_high DOUBLE, hazard_q_value DOUBLE, compared BIGINT, product_id VARCHAR
-- Days from the first to the second purchase day, whatever was bought then; who has not come back is counted with the
-- days since, as still waiting. hazard_*: the published comparison with those who started alike, the same on every row, null where
-- there is none, as of the end of the last whole month; compared: products tested together, over which the q value is corrected.
with starters as (
    select
        date_diff('day', customer.first_order_date, coalesce(customer.second_order_date, cast($observed_until as date))) as days,
        customer.second_order_date is not null as came_back,
        count(*) as customers
    from marts.customer_products as bought
    inner join marts.customers as customer
        on customer.customer_key = bought.customer_key and customer.first_order_date = bought.first_order_date
    where bought.product_key = $product_key
    group by all
), waits as (
    select true as started_here, days, came_back, customers from starters
    union all
    select false, shop.days, shop.came_back, shop.customers - coalesce(starters.customers, 0)
    from marts.second_waits as shop
    left join starters on starters.days = shop.days and starters.came_back = shop.came_back
    where shop.customers > coalesce(starters.customers, 0)
), hazard as (
    select hazard_ratio, hazard_low, hazard_high, hazard_q_value
    from marts.entry_products
    where level = 'product' and product_key = $product_key
    limit 1
)
select
    waits.started_here,
    waits.days,
    waits.came_back,
    waits.customers,
    hazard.hazard_ratio,
    hazard.hazard_low,
    hazard.hazard_high,
    hazard.hazard_q_value,
    (
        select count(distinct product_key)
        from marts.entry_products
        where level = 'product' and hazard_ratio is not null
    ) as compared,
    (select product_id from marts.products where product_key = $product_key) as product_id
from waits
left join hazard on true
order by 1, 2, 3
