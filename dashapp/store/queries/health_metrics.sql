-- question: How did the health score and the purchase model's own probability do at every cut-off?
-- filters: none
-- columns: origin BIGINT, cut_off DATE, predictor VARCHAR, metric VARCHAR, customers BIGINT, value DOUBLE, low DOUBLE, high DOUBLE, difference DOUBLE, difference_low DOUBLE, difference_high DOUBLE
select
    h.origin,
    o.cut_off,
    h.predictor,
    h.metric,
    h.customers,
    h.value,
    h.low,
    h.high,
    h.difference,
    h.difference_low,
    h.difference_high
from backtest.health h
join backtest.origins o using (origin)
order by h.origin, h.predictor = 'p_active' desc, h.predictor desc, h.metric
