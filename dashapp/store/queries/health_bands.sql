-- question: How many customers of each risk band bought again at the untouched cut-off?
-- filters: none
-- columns: band VARCHAR, score_from DOUBLE, score_to DOUBLE, customers BIGINT, active_customers BIGINT, rate DOUBLE, low DOUBLE, high DOUBLE
select band, score_from, score_to, customers, active_customers, rate, low, high
from backtest.health_bands
order by score_from
