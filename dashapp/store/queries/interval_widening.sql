-- question: How much wider than the model's are the intervals of customers made, by what earlier windows taught?
-- filters: none
-- columns: widening VARCHAR
select widening
from backtest.widenings
where level = $level
