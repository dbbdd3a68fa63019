-- question: Where does this customer stand among those who first bought in the same month?
-- filters: none
-- columns: peers BIGINT, clv_place DOUBLE, sales_place DOUBLE
with self as (
    select cohort_month, clv, net_sales from marts.customers where customer_key = $customer_key
)
select
    cast(count(*) as bigint) as peers,
    avg(cast(c.clv < s.clv as integer)) as clv_place,
    avg(cast(c.net_sales < s.net_sales as integer)) as sales_place
from marts.customers c
join self s using (cohort_month)
