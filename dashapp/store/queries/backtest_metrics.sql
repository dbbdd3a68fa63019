-- question: How did each model and each simple forecast do on one target ($target), on average over the cut-offs?
-- filters: none
-- columns: title VARCHAR, kind VARCHAR, metric VARCHAR, value DOUBLE, low DOUBLE, high DOUBLE, is_incumbent BOOLEAN
select m.title, m.kind, m.metric, m.value, m.low, m.high, m.predictor = s.incumbent as is_incumbent
from backtest.metrics as m
cross join backtest.summary as s
where m.origin = 0 and m.target = $target
order by is_incumbent desc, m.kind desc, m.predictor, m.metric
