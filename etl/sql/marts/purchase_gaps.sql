-- grain: purchase day x an earlier purchase day of the same customers
-- sort: order_date, since
-- mends: order_date of staging.purchase_days
-- order_date DATE: purchase day
-- since DATE: the earlier day; null for none
-- firsts INTEGER: customers whose purchase day before was `since`
-- seconds INTEGER: customers whose purchase day before that one was `since`
-- In any period of days the buyers are the firsts since before it began, and those who bought on two or more of its days
-- are the seconds since before it began less these firsts: nobody has to be told apart from anybody.
select
    order_date,
    since,
    cast(sum(firsts) as integer) as firsts,
    cast(sum(seconds) as integer) as seconds
from (
    select order_date, cast(order_date - gap_days as date) as since, count(*) as firsts, 0 as seconds
    from staging.purchase_days
    group by order_date, gap_days
    union all
    select order_date, last_but_one as since, 0 as firsts, count(*) as seconds
    from staging.purchase_days
    group by order_date, last_but_one
) as counted
group by order_date, since
