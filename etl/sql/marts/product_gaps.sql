-- grain: product x days until an identified customer bought it again
-- sort: product_key, days
-- mends: all
-- product_key UINTEGER: as in marts.products
-- days INTEGER: from one day with it to the customer's next
-- rebuys INTEGER: how often
-- Few buy a product on two days: only their days are walked.
select
    product_key,
    cast(days as integer) as days,
    cast(count(*) as integer) as rebuys
from (
    select
        days.product_key,
        date_diff('day', lag(days.order_date) over (
            partition by days.product_key, days.customer_key order by days.order_date
        ), days.order_date) as days
    from staging.product_days as days
    semi join (select product_key, customer_key from staging.product_buyers where purchase_days > 1) as again
        on again.product_key = days.product_key and again.customer_key = days.customer_key
) as gaps
where days is not null
group by product_key, days
