-- question: What did one product bring in the period and in the one it is compared with?
-- grain: the period or the one before it
-- filters: period
-- columns: series VARCHAR, net_sales DECIMAL(38,2), gross_margin DECIMAL(38,2), units DOUBLE, buyers BIGINT, repeat_rate DOUBLE, first_purchase_share DOUBLE, return_rate DOUBLE
-- series: current and previous. repeat_rate: buyers with two purchase days of it or more in the period; the share of
-- first purchases: buyers whose first purchase day of all lies in the period and had it. Over all time: as in the list.
with days as (
    select 'current' as series, * from marts.product_sales where product_key = $product_key and {where}
    union all
    select 'previous' as series, * from marts.product_sales where product_key = $product_key and {previous_where}
), lines as (
    select 'current' as series, order_date, customer_key
    from marts.order_lines
    where product_key = $product_key and kind = 'sale' and {where}
    union all
    select 'previous' as series, order_date, customer_key
    from marts.order_lines
    where product_key = $product_key and kind = 'sale' and {previous_where}
), sold as (
    select
        series,
        cast(sum(net_sales) as decimal(38, 2)) as net_sales,
        cast(sum(gross_margin) as decimal(38, 2)) as gross_margin,
        cast(sum(pieces_sold - pieces_returned) as double) as units,
        cast(sum(pieces_returned) as double) / nullif(cast(sum(pieces_sold) as double), 0.0) as return_rate
    from days
    group by series
), bought as (
    select
        series,
        count(*) as buyers,
        avg(case when came_back then 1.0 else 0.0 end) as repeat_rate
    from (
        select series, customer_key, max(order_date) > min(order_date) as came_back
        from lines
        where customer_key is not null
        group by series, customer_key
    ) as buyers
    group by series
), began as (
    select
        count(*) filter (where first_order_date between $period_start and $period_end) as current_buyers,
        count(*) filter (
            where first_order_date between cast($previous_start as date) and cast($previous_end as date)
        ) as previous_buyers
    from (
        select customer.first_order_date
        from marts.customer_products as own
        inner join marts.customers as customer
            on customer.customer_key = own.customer_key and customer.first_order_date = own.first_order_date
        where own.product_key = $product_key
    ) as starters
)
select
    sold.series,
    sold.net_sales,
    sold.gross_margin,
    sold.units,
    coalesce(bought.buyers, 0) as buyers,
    bought.repeat_rate,
    cast(if(sold.series = 'current', began.current_buyers, began.previous_buyers) as double)
    / cast(bought.buyers as double) as first_purchase_share,
    sold.return_rate
from sold
cross join began
left join bought on bought.series = sold.series
order by sold.series
