-- question: How many customers first bought through each channel or country ($origin), what was sold there in the period, what will they bring?
-- grain: a channel or country
-- filters: all
-- cube: period country channel
-- columns: name VARCHAR, customers BIGINT, value DECIMAL(18,2), clv DOUBLE
-- Customers are the whole base; only sales are cut by the period, so the base gets a day that lies inside it.
with sales as (
    select
        case when $origin = 'channel' then channel else country end as name,
        cast(sum({value}) as decimal(18, 2)) as value
    from (
        select channel, country, {value} from marts.sales_days where {in_cube} and {cube_where}
        union all
        select channel, country, {value} from marts.customer_days where not {in_cube} and {where}
    ) as days
    group by 1
), people as (
    select
        case when $origin = 'channel' then channel else country end as name,
        cast(sum(customers) as bigint) as customers,
        sum(clv) as clv
    from (
        select country, channel, customers, clv
        from (select *, $period_start as order_date from marts.base_groups) g
        where {in_cube} and {cube_where}
        union all
        select country, channel, 1 as customers, clv
        from (select *, $period_start as order_date from marts.customers) c
        where not {in_cube} and {where}
    ) counted
    group by 1
)
select
    coalesce(s.name, p.name) as name,
    coalesce(p.customers, 0) as customers,
    s.value,
    p.clv
from sales s
full join people p on p.name = s.name
order by s.value desc nulls last, name
