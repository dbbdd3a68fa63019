-- question: How does the backtest correct the intervals of a model, where that was shown to help?
-- filters: none
-- columns: correction VARCHAR
select correction
from backtest.corrections
where model = $model and level = $level and is_used
