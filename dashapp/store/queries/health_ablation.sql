-- question: What does the health score lose without each of its terms?
-- filters: none
-- columns: term VARCHAR, weight DOUBLE, brier_without DOUBLE, auc_without DOUBLE, brier_shuffled DOUBLE, auc_shuffled DOUBLE
select term, weight, brier_without, auc_without, brier_shuffled, auc_shuffled
from backtest.health_ablation
order by brier_shuffled desc, term
