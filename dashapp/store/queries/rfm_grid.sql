-- question: How many customers stand in each field of recency by frequency and money, what did they bring, what will they?
-- grain: a score of recency and a score of frequency with money
-- filters: all
-- kept: {}
-- cube: period segment
-- columns: r_score TINYINT, fm_score TINYINT, segment VARCHAR, customers BIGINT, value DECIMAL(18,2), clv DOUBLE, days_since_last_order DOUBLE
-- Customers are the whole base; only sales are cut by the period, so the base gets a day that lies inside it.
with base as (
    select
        customer_key, r_score, segment, clv, days_since_last_order,
        -- Halves are rounded up, as for the segments.
        cast(floor((f_score + m_score + 1) / 2.0) as tinyint) as fm_score
    from (select *, $period_start as order_date from marts.customers) c
    where not {in_cube} and {where}
), fields as (
    select
        r_score,
        fm_score,
        any_value(segment) as segment,
        cast(sum(customers) as bigint) as customers,
        sum(clv) as clv,
        cast(sum(days_since_last_order) as double) / cast(sum(customers) as double) as days_since_last_order
    from (
        select r_score, fm_score, segment, customers, clv, days_since_last_order
        from (select *, $period_start as order_date from marts.base_groups) g
        where {in_cube} and {cube_where}
        union all
        select r_score, fm_score, segment, 1 as customers, clv, days_since_last_order from base
    ) counted
    group by r_score, fm_score
), sales as (
    select r_score, fm_score, {value} as value
    from marts.sales_choices
    where {in_cube} and {cube_where} and r_score is not null
    union all
    select b.r_score, b.fm_score, d.value
    from (
        select customer_key, {value} as value from marts.customer_days where not {in_cube} and {where}
    ) d
    join base b on b.customer_key = d.customer_key
), brought as (
    select r_score, fm_score, sum(value) as value from sales group by r_score, fm_score
)
select
    f.r_score,
    f.fm_score,
    f.segment,
    f.customers,
    cast(case when b.r_score is null then 0 else b.value end as decimal(18, 2)) as value,
    f.clv,
    f.days_since_last_order
from fields f
left join brought b on b.r_score = f.r_score and b.fm_score = f.fm_score
order by f.r_score desc, f.fm_score
