-- Sales of the period by day and kind of customer, from the smallest table that knows what was chosen.
(
    select order_date, customer_type, orders, gross_sales, returns, net_sales, gross_margin
    from marts.sales_days
    where {in_cube} and {cube_where}
    union all
    select order_date, customer_type, orders, gross_sales, returns, net_sales, gross_margin
    from marts.sales_choices
    where {in_choice} and {choice_where}
    union all
    select order_date, customer_type, orders, gross_sales, returns, net_sales, gross_margin
    from marts.customer_days
    where not ({in_cube} or {in_choice}) and {where}
) as sales
