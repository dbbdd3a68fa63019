-- question: Do customers with a broader, more repeated or more evenly spread relationship buy again in the half year held out?
-- grain: a measure of the relationship
-- filters: base
-- columns: measure VARCHAR, cut_off DATE, customers BIGINT, stayed BIGINT, mean_stayed DOUBLE, mean_left DOUBLE, correlation DOUBLE
-- Customers with two purchase days or more by the cut-off, 180 days before the end of the data; stayed: bought after it.
-- correlation is partial: at an equal number of purchase days (their logarithm), which by itself says most.
with cut as (
    select cast($observed_until - 180 as date) as cut_off
), chosen as (
    select customer_key
    from marts.customers
    where {where}
), months as (
    select
        d.customer_key,
        date_trunc('month', d.order_date) as month,
        count(distinct d.order_date) as days,
        count(distinct d.order_date) filter (d.order_date <= cut.cut_off) as days_before
    from marts.customer_days as d
    cross join cut
    semi join chosen on chosen.customer_key = d.customer_key
    where d.is_purchase
    group by all
), spread as (
    select
        customer_key,
        sum(days_before) as purchase_days,
        max(days_before) / nullif(sum(days_before), 0) as busiest_month,
        cast(sum(days) > sum(days_before) as integer) as stayed
    from months
    group by customer_key
    having sum(days_before) >= 2
), products as (
    select l.customer_key, l.product_key, count(distinct l.order_id) as orders
    from marts.order_lines as l
    cross join cut
    semi join spread on spread.customer_key = l.customer_key
    where l.kind = 'sale' and l.order_date <= cut.cut_off
    group by all
), goods as (
    select
        b.customer_key,
        count(distinct p.category) as categories,
        avg(cast(b.orders > 1 as double)) as repeated
    from products as b
    inner join marts.products as p on p.product_key = b.product_key
    group by b.customer_key
), facts as (
    select s.stayed, ln(s.purchase_days) as days, m.measure, m.x
    from spread as s
    inner join goods as g on g.customer_key = s.customer_key
    cross join lateral (
        values ('categories', cast(g.categories as double)), ('repeated', g.repeated), ('busiest_month', s.busiest_month)
    ) as m(measure, x)
), correlations as (
    select
        measure,
        count(*) as customers,
        sum(stayed) as stayed,
        avg(x) filter (stayed = 1) as mean_stayed,
        avg(x) filter (stayed = 0) as mean_left,
        corr(x, stayed) as xy,
        corr(x, days) as xz,
        corr(stayed, days) as yz
    from facts
    group by measure
)
select
    measure,
    cut.cut_off,
    customers,
    cast(stayed as bigint) as stayed,
    mean_stayed,
    mean_left,
    case when abs(xz) < 1 and abs(yz) < 1 then (xy - xz * yz) / sqrt((1 - xz * xz) * (1 - yz * yz)) end as correlation
from correlations
cross join cut
where cut.cut_off - 180 >= $observed_from
order by measure
