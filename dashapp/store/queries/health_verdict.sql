-- question: What is the health score of this snapshot made of, why, and where do its risk bands begin?
-- filters: none
-- columns: used VARCHAR, sentence VARCHAR, horizon_days BIGINT, learned_horizon_days BIGINT, high_below DOUBLE, low_from DOUBLE, are_separated BOOLEAN, bands_sentence VARCHAR
select used, sentence, horizon_days, learned_horizon_days, high_below, low_from, are_separated, bands_sentence
from backtest.health_verdict
