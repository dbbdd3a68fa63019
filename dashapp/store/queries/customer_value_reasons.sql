-- question: What does each statistic of one customer add to the value of an average customer of the base?
-- filters: none
-- columns: frequency DOUBLE, recency_days DOUBLE, T_days DOUBLE, monetary_value DOUBLE, average_frequency INTEGER, average_recency_days INTEGER, average_T_days INTEGER, average_monetary_value DOUBLE, average_clv DOUBLE
-- average_clv and the four add up to the customer's clv. No row where no money may be shown.
select
    reasons.frequency,
    reasons.recency_days,
    reasons.T_days,
    reasons.monetary_value,
    average.frequency as average_frequency,
    average.recency_days as average_recency_days,
    average.T_days as average_T_days,
    average.monetary_value as average_monetary_value,
    average.clv as average_clv
from marts.clv_reasons as reasons
cross join marts.clv_average as average
where reasons.customer_key = $customer_key
