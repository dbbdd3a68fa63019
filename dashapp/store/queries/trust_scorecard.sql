-- question: What was predicted at earlier refreshes, and what came?
-- filters: none
-- columns: snapshot_id VARCHAR, model VARCHAR, predicted_on DATE, until DATE, first_comparison DATE, horizon_days BIGINT, days BIGINT, status VARCHAR, note VARCHAR, customers BIGINT, purchases DOUBLE, purchases_low DOUBLE, purchases_high DOUBLE, actual_purchases DOUBLE, value DOUBLE, value_low DOUBLE, value_high DOUBLE, actual_value DOUBLE, inside_share DOUBLE, error_pct DOUBLE
select
    snapshot_id,
    model,
    predicted_on,
    until,
    first_comparison,
    horizon_days,
    days,
    status,
    note,
    customers,
    purchases,
    purchases_low,
    purchases_high,
    actual_purchases,
    value,
    value_low,
    value_high,
    actual_value,
    inside_share,
    error_pct
from ledger.scorecard
order by predicted_on desc, snapshot_id desc
