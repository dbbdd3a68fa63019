-- title: No month is without sales
-- dimension: completeness
-- severity: warn
-- table: staging.months
-- help: A calendar month inside the observed period has no sale: a delivery is missing, or the shop was closed.
select months.month
from staging.months as months
left join (
    select distinct cast(date_trunc('month', order_date) as date) as month
    from staging.order_lines
    where kind = 'sale'
) as sold on sold.month = months.month
where sold.month is null and exists (select 1 from staging.order_lines)
