-- question: How many customers of the list are in each state and segment, with what past and predicted value?
-- where: c
-- filters: country channel cohort category product saved
-- tables: found(customer_key UINTEGER, place TINYINT)
-- columns: customer_state VARCHAR, segment VARCHAR, customers BIGINT, net_sales DECIMAL(18,2), clv DOUBLE, value_at_risk DOUBLE
-- Chosen states and segments are left to the caller: each is counted whether chosen or not.
select
    c.customer_state,
    c.segment,
    cast(count(*) as bigint) as customers,
    cast(sum(c.net_sales) as decimal(18, 2)) as net_sales,
    sum(c.clv) as clv,
    sum(c.value_at_risk) as value_at_risk
from marts.customers c
where {where}
    and (not $searching or c.customer_key in (select customer_key from found))
    and (cast($order_count_low as double) is null or c.order_count >= $order_count_low)
    and (cast($order_count_high as double) is null or c.order_count <= $order_count_high)
    and (cast($net_sales_low as double) is null or c.net_sales >= $net_sales_low)
    and (cast($net_sales_high as double) is null or c.net_sales <= $net_sales_high)
    and (cast($average_order_value_low as double) is null or c.average_order_value >= $average_order_value_low)
    and (cast($average_order_value_high as double) is null or c.average_order_value <= $average_order_value_high)
    and (cast($days_since_last_order_low as double) is null or c.days_since_last_order >= $days_since_last_order_low)
    and (cast($days_since_last_order_high as double) is null or c.days_since_last_order <= $days_since_last_order_high)
    and (cast($average_gap_days_low as double) is null or c.average_gap_days >= $average_gap_days_low)
    and (cast($average_gap_days_high as double) is null or c.average_gap_days <= $average_gap_days_high)
    and (cast($return_count_low as double) is null or c.return_count >= $return_count_low)
    and (cast($return_count_high as double) is null or c.return_count <= $return_count_high)
    and (cast($p_active_low as double) is null or c.p_active >= $p_active_low)
    and (cast($p_active_high as double) is null or c.p_active <= $p_active_high)
    and (cast($p_alive_low as double) is null or c.p_alive >= $p_alive_low)
    and (cast($p_alive_high as double) is null or c.p_alive <= $p_alive_high)
    and (cast($expected_purchases_low as double) is null or c.expected_purchases >= $expected_purchases_low)
    and (cast($expected_purchases_high as double) is null or c.expected_purchases <= $expected_purchases_high)
    and (cast($expected_order_value_low as double) is null or c.expected_order_value >= $expected_order_value_low)
    and (cast($expected_order_value_high as double) is null or c.expected_order_value <= $expected_order_value_high)
    and (cast($clv_low as double) is null or c.clv >= $clv_low)
    and (cast($clv_high as double) is null or c.clv <= $clv_high)
    and (cast($clv_low_low as double) is null or c.clv_low >= $clv_low_low)
    and (cast($clv_low_high as double) is null or c.clv_low <= $clv_low_high)
    and (cast($clv_high_low as double) is null or c.clv_high >= $clv_high_low)
    and (cast($clv_high_high as double) is null or c.clv_high <= $clv_high_high)
    and (cast($value_at_risk_low as double) is null or c.value_at_risk >= $value_at_risk_low)
    and (cast($value_at_risk_high as double) is null or c.value_at_risk <= $value_at_risk_high)
    and (cast($health_score_low as double) is null or c.health_score >= $health_score_low)
    and (cast($health_score_high as double) is null or c.health_score <= $health_score_high)
    and (cast($first_order_date_low as date) is null or c.first_order_date >= $first_order_date_low)
    and (cast($first_order_date_high as date) is null or c.first_order_date <= $first_order_date_high)
    and (cast($last_order_date_low as date) is null or c.last_order_date >= $last_order_date_low)
    and (cast($last_order_date_high as date) is null or c.last_order_date <= $last_order_date_high)
    and (cast($r_score_low as double) is null or c.r_score >= $r_score_low)
    and (cast($r_score_high as double) is null or c.r_score <= $r_score_high)
    and (cast($fm_score_low as double) is null or floor((c.f_score + c.m_score + 1) / 2.0) >= $fm_score_low)
    and (cast($fm_score_high as double) is null or floor((c.f_score + c.m_score + 1) / 2.0) <= $fm_score_high)
    and {bought_on}
    and (cast($customer_id_like as varchar) is null or c.customer_id ilike $customer_id_like escape '\')
    and (cast($country_like as varchar) is null or c.country ilike $country_like escape '\')
    and (cast($channel_like as varchar) is null or c.channel ilike $channel_like escape '\')
    and (cast($segment_like as varchar) is null or c.segment ilike $segment_like escape '\')
    and (cast($risk_band_like as varchar) is null or c.risk_band ilike $risk_band_like escape '\')
group by c.customer_state, c.segment
order by c.customer_state, c.segment
