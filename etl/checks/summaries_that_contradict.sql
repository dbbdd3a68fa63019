-- title: Customer summaries are possible
-- dimension: consistency
-- severity: stop
-- table: raw.customer_summaries
-- help: Counts are whole and not negative; 0 <= recency_days <= T_days; without a repeat purchase recency and value are 0, with one recency is at least as many days as repeats. Look whether columns are exchanged or days are weeks.
select customer_id, frequency, recency_days, T_days, monetary_value
from raw.customer_summaries
where not (
    frequency >= 0 and frequency = floor(frequency)
    and recency_days = floor(recency_days) and T_days = floor(T_days)
    and recency_days >= frequency and recency_days <= T_days
    and monetary_value >= 0
    and (frequency > 0 or (recency_days = 0 and monetary_value = 0))
)
