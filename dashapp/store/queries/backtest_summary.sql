-- question: Which model won the backtest of this snapshot, how does it do against simple forecasts, and how was it found?
-- filters: none
-- columns: champion VARCHAR, incumbent VARCHAR, sentence VARCHAR, rule VARCHAR, asked_horizon_days BIGINT, horizon_days BIGINT, asked_origins BIGINT, origins BIGINT, models VARCHAR, fingerprint VARCHAR, seed BIGINT, replicates BIGINT, versions VARCHAR
select
    champion,
    incumbent,
    sentence,
    rule,
    asked_horizon_days,
    horizon_days,
    asked_origins,
    origins,
    models,
    fingerprint,
    seed,
    replicates,
    versions
from backtest.summary
