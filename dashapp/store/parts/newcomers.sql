-- Customers who first bought in the period, but for those whom `whole_cohorts` counts already.
(
    select *
    from (select *, first_order_date as order_date from marts.customers) c
    where {where} and not ({in_cube} and order_date between $whole_start and $whole_end)
        and exists (select 1 from marts.customer_months)
) as newcomers
