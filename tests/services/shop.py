"""A published snapshot of a made-up shop, small enough to build in a test: customers and nothing else."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from dashapp.domain import scoring
from dashapp.domain.vocabulary import SEGMENTS, CustomerState
from dashapp.settings import Settings
from dashapp.store.facts import NAMES, Facts
from dashapp.store.publish import Warehouse
from dashapp.store.snapshot import Snapshot, Snapshots
from etl.tables import SQL, read

UNTIL = date(2024, 6, 30)
BUILT = datetime(2024, 7, 1, tzinfo=UTC).replace(tzinfo=None)
WORDS = SQL / "marts" / "customer_words.sql"
EMPTY = {
    "meta.batches": "batch_id VARCHAR",
    "marts.customer_days": "customer_key UINTEGER, order_date DATE, is_purchase BOOLEAN, lines BIGINT, "
    "net_sales DECIMAL(16,2)",
    "marts.order_lines": "amount DECIMAL(16,2)",
    "backtest.widenings": "level DOUBLE, widening VARCHAR",
    "marts.sales_cube": "net_sales DECIMAL(16,2), lines BIGINT",
}


def customers(n: int = 400, seed: int = 7, names: list[str] | None = None) -> pd.DataFrame:
    """Customers whose purchases follow a simulated MBG/NBD world."""
    random = np.random.default_rng(seed)
    age = random.integers(60, 700, n)
    frequency = np.minimum(random.negative_binomial(1, 0.35, n), 20)
    recency = np.where(frequency > 0, (age * random.beta(2, 1, n)).astype(int).clip(1), 0)
    frequency = np.minimum(frequency, recency)
    money = np.where(frequency > 0, random.gamma(6, 15 / random.gamma(4, 1, n).clip(0.5)), 0.0)
    names = names or [f"Customer {i}" for i in range(n)]
    return pd.DataFrame(
        {
            "customer_key": np.arange(n),
            "customer_id": [f"c-{i:05d}" for i in range(n)],
            "customer_name": [names[i % len(names)] for i in range(n)],
            "email": [f"c{i}@example.org" for i in range(n)],
            "country": np.where(np.arange(n) % 3 == 0, "France", "United Kingdom"),
            "channel": "Unknown",
            "segment": [SEGMENTS[i % len(SEGMENTS)] for i in range(n)],
            **{score: np.arange(n) % 5 + 1 for score in ("r_score", "f_score", "m_score")},
            "customer_state": [list(CustomerState)[i % 5].value for i in range(n)],
            "order_count": frequency + 1,
            "return_count": 0,
            "first_order_date": pd.Timestamp(UNTIL) - pd.to_timedelta(age, unit="D"),
            "last_order_date": pd.Timestamp(UNTIL) - pd.to_timedelta(age - recency, unit="D"),
            "days_since_last_order": age - recency,
            "average_gap_days": np.where(frequency > 0, recency / frequency.clip(1), np.nan),
            "average_order_value": money + 10,
            "net_sales": np.round((frequency + 1) * (money + 10), 2),
            "frequency": frequency,
            "recency_days": recency,
            "T_days": age,
            "monetary_value": money,
        }
    )


def publish(folder: Path, people: pd.DataFrame) -> Settings:
    """Score and publish `people` as the next snapshot of the data directory `folder`."""
    settings = Settings(data_dir=folder)
    warehouse = Warehouse(settings.folder("warehouse"))
    scores = scoring.score(people, scoring.Assumptions())
    with warehouse.writing("test"):
        seq = warehouse.next_seq()
        facts = _facts(seq)
        build = warehouse.draft("test")
        with duckdb.connect(str(build)) as connection:
            scored = people.merge(scores.frame, on="customer_key")
            scored = scored.assign(health_score=100 * scored["p_active"], risk_band="medium", health_percentile=50.0)
            _fill(connection, facts, scored, scores)
        warehouse.publish(build, facts, actor="test", published_at=datetime(2024, 7, 1, tzinfo=UTC))
    return settings


def snapshot(folder: Path, people: pd.DataFrame) -> Snapshot:
    return Snapshots(publish(folder, people)).current()


def _facts(seq: int) -> Facts:
    return Facts(
        snapshot_id=f"{seq:06d}-test", seq=seq, built_at=BUILT, observed_from=date(2022, 1, 1),
        observed_until=UNTIL, source="test", is_demo=True, shop_name="Test shop", currency="EUR", horizon_days=365,
        annual_discount_rate=0.1, gross_margin=1.0, model="mbg_nbd", validity="valid",
        validity_reason="Every rule holds.", has_costs=False, has_spend=False, has_events=False, has_contracts=False,
        has_orders=True, has_category_days=False, policy="{}", build_key="test", code_version="test",
    )  # fmt: skip


def _fill(connection: duckdb.DuckDBPyConnection, facts: Facts, people: pd.DataFrame, scores: scoring.Scores) -> None:
    for schema in ("meta", "marts", "backtest"):
        connection.execute(f"create schema {schema}")
    for table, columns in EMPTY.items():
        connection.execute(f"create table {table} ({columns})")
    row = pd.DataFrame([{name: getattr(facts, name) for name in NAMES}])
    connection.execute("create table meta.snapshot as select * from row")
    models = pd.DataFrame([_model("purchases", scores.purchases), _model("spend", scores.spend)])
    connection.execute("create table meta.models as select * from models")
    casts = "net_sales::decimal(16,2) as net_sales"
    casts += "".join(f", {name}::date as {name}" for name in ("first_order_date", "last_order_date"))
    connection.execute(f"create table marts.customers as select * replace ({casts}) from people")
    connection.execute(f"create table marts.customer_words as {read(WORDS, 'marts').select}")
    connection.execute("checkpoint")
    del row, models


def _model(target: str, fitted: scoring.PurchaseFit | scoring.SpendFit) -> dict[str, object]:
    known = json.loads(fitted.to_json())
    names = ("model", "engine", "status", "message", "log_likelihood", "at_bound", "time_unit")
    held = {name: known[name] for name in names} | {"target": target, "n_customers": int(known["n_customers"])}
    numbers = {name: json.dumps(known[name]) for name in ("parameters", "standard_errors")}
    return held | numbers | {"fitted_on": UNTIL, "fitted": fitted.to_json()}
