-- question: What is known and predicted about one customer, by key or by the shop's own id?
-- filters: none
-- columns: customer_key UINTEGER, customer_id VARCHAR, customer_name VARCHAR, email VARCHAR, country VARCHAR, channel VARCHAR, cohort_month DATE, first_order_date DATE, last_order_date DATE, order_count INTEGER, purchase_days INTEGER, return_count INTEGER, gross_sales DECIMAL(16,2), returns DECIMAL(16,2), net_sales DECIMAL(16,2), gross_margin DECIMAL(16,2), average_order_value DOUBLE, average_gap_days DOUBLE, days_since_last_order INTEGER, frequency INTEGER, recency_days INTEGER, T_days INTEGER, monetary_value DOUBLE, r_score TINYINT, f_score TINYINT, m_score TINYINT, segment VARCHAR, customer_state VARCHAR, category VARCHAR, p_alive DOUBLE, p_active DOUBLE, expected_purchases DOUBLE, expected_order_value DOUBLE, clv DOUBLE, clv_low DOUBLE, clv_high DOUBLE, value_at_risk DOUBLE, health_score DOUBLE, risk_band VARCHAR, health_percentile DOUBLE
select
    customer_key,
    customer_id,
    case when $contact then customer_name end as customer_name,
    case when $contact then email end as email,
    country,
    channel,
    cohort_month,
    first_order_date,
    last_order_date,
    order_count,
    purchase_days,
    return_count,
    gross_sales,
    returns,
    net_sales,
    gross_margin,
    average_order_value,
    average_gap_days,
    days_since_last_order,
    frequency,
    recency_days,
    T_days,
    monetary_value,
    r_score,
    f_score,
    m_score,
    segment,
    customer_state,
    category,
    p_alive,
    p_active,
    expected_purchases,
    expected_order_value,
    clv,
    clv_low,
    clv_high,
    value_at_risk,
    health_score,
    risk_band,
    health_percentile
from marts.customers
where customer_id = $customer or cast(customer_key as varchar) = $customer
order by (customer_id = $customer) desc
limit 1
