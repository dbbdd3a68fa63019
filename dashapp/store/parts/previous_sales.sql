-- Sales of the comparison period, as `sales` has those of the period.
(
    select order_date, customer_type, orders, gross_sales, returns, net_sales, gross_margin
    from marts.sales_days
    where {in_cube} and {previous_cube_where}
    union all
    select order_date, customer_type, orders, gross_sales, returns, net_sales, gross_margin
    from marts.sales_choices
    where {in_choice} and {previous_choice_where}
    union all
    select order_date, customer_type, orders, gross_sales, returns, net_sales, gross_margin
    from marts.customer_days
    where not ({in_cube} or {in_choice}) and {previous_where}
) as previous_sales
