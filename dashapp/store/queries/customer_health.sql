-- question: What makes the health score of one customer, in log-odds against peers of the same age, and from what facts?
-- filters: none
-- columns: peers_log_odds FLOAT, peers INTEGER, frequency FLOAT, lateness FLOAT, trend FLOAT, season FLOAT, returns FLOAT, money FLOAT, recent_purchases SMALLINT, season_purchases SMALLINT, returns_share FLOAT
select
    peers_log_odds,
    peers,
    frequency,
    lateness,
    trend,
    season,
    returns,
    money,
    recent_purchases,
    season_purchases,
    returns_share
from marts.health_reasons
where customer_key = $customer_key
