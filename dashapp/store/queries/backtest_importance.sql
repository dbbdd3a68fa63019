-- question: What do the corrections of a learned challenger owe to each thing they read, at the latest cut-off?
-- filters: none
-- columns: model VARCHAR, meaning VARCHAR, metric VARCHAR, worth DOUBLE, low DOUBLE, high DOUBLE
select model, meaning, metric, worth, low, high
from backtest.importance
order by model, metric desc, worth desc, meaning
