-- question: How many customers stand in each field of recency by frequency and money, what did they bring, what will they?
-- grain: a score of recency and a score of frequency with money
-- filters: all
-- kept: {}
-- columns: r_score TINYINT, fm_score TINYINT, segment VARCHAR, customers BIGINT, value DECIMAL(18,2), clv DOUBLE, days_since_last_order DOUBLE
-- Customers are the whole base; only sales are cut by the period, so the base gets a day that lies inside it.
with base as (
    select
        customer_key, r_score, segment, clv, days_since_last_order,
        -- Halves are rounded up, as for the segments.
        cast(floor((f_score + m_score + 1) / 2.0) as tinyint) as fm_score
    from (select *, $period_start as order_date from marts.customers) c
    where {where}
), sales as (
    select customer_key, sum({value}) as value
    from marts.customer_days
    where {where} and customer_key is not null
    group by customer_key
)
select
    b.r_score,
    b.fm_score,
    any_value(b.segment) as segment,
    cast(count(*) as bigint) as customers,
    cast(case when count(s.customer_key) = 0 then 0 else sum(s.value) end as decimal(18, 2)) as value,
    sum(b.clv) as clv,
    avg(b.days_since_last_order) as days_since_last_order
from base b
left join sales s on s.customer_key = b.customer_key
group by b.r_score, b.fm_score
order by b.r_score desc, b.fm_score
