-- grain: one row per identified customer with at least one purchase day; scores are added as columns after scoring
-- sort: customer_key
-- mends: all
-- customer_key UINTEGER: key inside this snapshot
-- customer_id VARCHAR: as delivered; the lexically first where ids are linked
-- customer_name VARCHAR: from the customer list; personal data
-- email VARCHAR: from the customer list; personal data
-- country VARCHAR: of the first purchase
-- channel VARCHAR: of the first purchase
-- cohort_month DATE: first day of the month of the first purchase
-- first_order_date DATE: first purchase day
-- second_order_date DATE: second purchase day; null without one
-- last_order_date DATE: last purchase day
-- order_count INTEGER: purchase orders
-- purchase_days INTEGER: distinct days with a purchase
-- return_count INTEGER: orders with a return
-- gross_sales DECIMAL(16,2): money in
-- returns DECIMAL(16,2): money back, positive
-- net_sales DECIMAL(16,2): gross_sales - returns
-- gross_margin DECIMAL(16,2): net sales less cost of goods; null without costs
-- average_order_value DOUBLE: net_sales per purchase order
-- average_gap_days DOUBLE: mean days between purchase days; null without a repeat
-- usual_gap_days INTEGER: 90 % of the customer's gaps are no longer; of all customers' below five gaps
-- days_since_last_order INTEGER: last purchase day to observed_until
-- frequency INTEGER: repeat purchase days
-- recency_days INTEGER: first to last purchase day
-- T_days INTEGER: first purchase day to observed_until
-- monetary_value DOUBLE: mean net value per repeat purchase day; 0 without a repeat
-- r_score TINYINT: quintile of recency, 5 is most recent
-- f_score TINYINT: quintile of order count, 5 is most
-- m_score TINYINT: quintile of net sales, 5 is most
-- segment VARCHAR: one of dashapp.domain.vocabulary.SEGMENTS
-- customer_state VARCHAR: one of dashapp.domain.vocabulary.CustomerState
-- category VARCHAR: the category that brought most net sales; null without categories
-- first_category VARCHAR: the category that brought most on the first purchase day; null without categories
select
    rfm.customer_key,
    keys.customer_id,
    coalesce(listed.customer_name, linked.customer_name) as customer_name,
    coalesce(listed.email, linked.email) as email,
    origin.country,
    origin.channel,
    cast(date_trunc('month', rfm.first_order_date) as date) as cohort_month,
    rfm.first_order_date,
    bought.second_order_date,
    rfm.last_order_date,
    totals.order_count,
    rfm.purchase_days,
    totals.return_count,
    totals.gross_sales,
    totals.returns,
    totals.net_sales,
    totals.gross_margin,
    cast(totals.net_sales as double) / nullif(cast(totals.valued_orders as double), 0) as average_order_value,
    cast(rfm.recency_days as double) / nullif(cast(rfm.frequency as double), 0) as average_gap_days,
    usual.usual_gap_days,
    rfm.days_since_last_order,
    rfm.frequency,
    rfm.recency_days,
    rfm.T_days,
    rfm.monetary_value,
    scores.r_score,
    scores.f_score,
    scores.m_score,
    segments.segment,
    states.customer_state,
    categories.category,
    beginnings.category as first_category
from staging.rfm as rfm
inner join staging.customer_keys as keys on keys.customer_key = rfm.customer_key
inner join staging.customer_totals as totals on totals.customer_key = rfm.customer_key
inner join staging.first_orders as origin on origin.customer_key = rfm.customer_key
inner join staging.rfm_scores as scores on scores.customer_key = rfm.customer_key
inner join staging.segments as segments on segments.customer_key = rfm.customer_key
inner join staging.customer_states as states on states.customer_key = rfm.customer_key
inner join staging.usual_gaps as usual on usual.customer_key = rfm.customer_key
left join staging.bought as bought on bought.customer_key = rfm.customer_key
left join staging.customer_list as listed on listed.customer_id = keys.customer_id
left join staging.linked_contacts as linked on linked.customer_key = rfm.customer_key
left join staging.customer_categories as categories on categories.customer_key = rfm.customer_key
left join staging.first_categories as beginnings on beginnings.customer_key = rfm.customer_key
