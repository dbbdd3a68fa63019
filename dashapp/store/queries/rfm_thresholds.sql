-- question: From where to where do the scores of recency, frequency and money reach?
-- filters: none
-- columns: score TINYINT, days_low INTEGER, days_high INTEGER, orders_low INTEGER, orders_high INTEGER, sales_low DECIMAL(16,2), sales_high DECIMAL(16,2)
-- Scores are given among all customers of the snapshot, so no filter narrows them.
with recency as (
    select r_score as score, min(days_since_last_order) as days_low, max(days_since_last_order) as days_high
    from marts.customers
    group by r_score
), frequency as (
    select f_score as score, min(order_count) as orders_low, max(order_count) as orders_high
    from marts.customers
    group by f_score
), money as (
    select m_score as score, min(net_sales) as sales_low, max(net_sales) as sales_high
    from marts.customers
    group by m_score
), scores as (
    select cast(range as tinyint) as score from range(1, 6)
)
select s.score, r.days_low, r.days_high, f.orders_low, f.orders_high, m.sales_low, m.sales_high
from scores s
left join recency r on r.score = s.score
left join frequency f on f.score = s.score
left join money m on m.score = s.score
order by s.score desc
