-- question: Which customers match, in the asked order, whenever they bought? Name and e-mail only with $contact.
-- where: c
-- filters: base
-- tables: found(customer_key UINTEGER, place TINYINT)
-- sort: clv customer_id country channel segment customer_state order_count net_sales average_order_value days_since_last_order average_gap_days return_count p_active p_alive expected_purchases expected_order_value clv_low clv_high value_at_risk health_score risk_band first_order_date last_order_date
-- columns: customer_key UINTEGER, customer_id VARCHAR, customer_name VARCHAR, email VARCHAR, country VARCHAR, channel VARCHAR, segment VARCHAR, customer_state VARCHAR, order_count INTEGER, return_count INTEGER, first_order_date DATE, last_order_date DATE, days_since_last_order INTEGER, average_gap_days DOUBLE, average_order_value DOUBLE, net_sales DECIMAL(16,2), p_alive DOUBLE, p_active DOUBLE, expected_purchases DOUBLE, expected_order_value DOUBLE, clv DOUBLE, clv_low DOUBLE, clv_high DOUBLE, value_at_risk DOUBLE, health_score DOUBLE, risk_band VARCHAR, place TINYINT
-- With $searching only the customers of `found`, by place first. $after asks for the rows that follow that customer, whose
-- place is $after_place. The order is found on two columns and only the rows of the page are read whole: 5 times faster.
with anchor as (
    select {sort} as value from marts.customers c where c.customer_key = $after
),
page as (
    select c.customer_key, cast(coalesce(f.place, 0) as tinyint) as place
    from marts.customers c
    left join found f on f.customer_key = c.customer_key
    where {where}
        and (not $searching or f.customer_key is not null)
        and (len($states) = 0 or list_contains($states, c.customer_state))
        and {limits}
        and (
            cast($after as uinteger) is null
            or coalesce(f.place, 0) > $after_place
            or (
                coalesce(f.place, 0) = $after_place
                and (
                    {sort} {beyond} (select value from anchor)
                    or ({sort} is null and (select value from anchor) is not null)
                    or ({sort} is not distinct from (select value from anchor) and c.customer_key > $after)
                )
            )
        )
    order by coalesce(f.place, 0), {order}, c.customer_key
    limit $limit offset $offset
)
select
    c.customer_key,
    c.customer_id,
    case when $contact then c.customer_name end as customer_name,
    case when $contact then c.email end as email,
    c.country,
    c.channel,
    c.segment,
    c.customer_state,
    c.order_count,
    c.return_count,
    c.first_order_date,
    c.last_order_date,
    c.days_since_last_order,
    c.average_gap_days,
    c.average_order_value,
    c.net_sales,
    c.p_alive,
    c.p_active,
    c.expected_purchases,
    c.expected_order_value,
    c.clv,
    c.clv_low,
    c.clv_high,
    c.value_at_risk,
    c.health_score,
    c.risk_band,
    p.place
from page p
join marts.customers c on c.customer_key = p.customer_key
order by p.place, {order}, c.customer_key
