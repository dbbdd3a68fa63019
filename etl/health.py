"""Health: score, risk band and percentile as columns of marts.customers, what makes a score in a table."""

from __future__ import annotations

from typing import cast

import pandas as pd

from dashapp.domain.backtest_results import Backtest
from dashapp.domain.features import features
from dashapp.domain.health import HealthModel
from dashapp.domain.health_score import REASONS, Health, assess
from dashapp.domain.health_terms import SEEN
from dashapp.domain.model import PurchaseFit
from dashapp.domain.purchase_days import PurchaseDays
from dashapp.domain.risk import BANDS, Bands
from dashapp.domain.shelf import restore
from dashapp.settings import Settings
from etl import added
from etl.progress import Progress
from etl.work import Connection

COLUMNS = {"health_score": "DOUBLE", "risk_band": "VARCHAR", "health_percentile": "DOUBLE"}
"""Added to marts.customers: 0-100, high, medium or low, 0-100 among customers of the same age."""

FACTS = {"recent_purchases": "SMALLINT", "season_purchases": "SMALLINT", "returns_share": "FLOAT"}
"""What the sentences about a customer say beside the contribution."""

SUMMARY = """
    select customer_key, frequency, recency_days, T_days, p_active
    from marts.customers left join added_scores using (customer_key)
    order by customer_key"""


def health(
    connection: Connection,
    days: PurchaseDays,
    settings: Settings,
    tested: Backtest,
    progress: Progress,
    marts: str = "marts",
) -> None:
    """Add COLUMNS (etl/added.py) and write health_reasons; NULL and empty without scores or a tested cut-off.

    marts: the schema it is written to, in the build file where that is begun.
    """
    verdict = tested.health_verdict[0]
    fitted = _fitted(connection)
    if not verdict.used or fitted is None:
        _write(connection, pd.DataFrame(columns=["customer_key", *COLUMNS, *_reasons()], dtype="float64"), marts)
        progress.note(verdict.sentence)
        return
    until = connection.execute("select observed_until from staging.observation").fetchall()[0][0]
    rfm = connection.execute(SUMMARY).df()
    seen = features(days, until, settings.horizon_days, SEEN)
    found = assess(HealthModel.from_json(verdict.model), fitted, rfm, seen, settings.horizon_days)
    bands = Bands(verdict.high_below, verdict.low_from)
    _write(connection, _frame(found, seen, bands), marts)
    progress.note(verdict.sentence)


def _fitted(connection: Connection) -> PurchaseFit | None:
    row = connection.execute("select fitted from meta.models where target = 'purchases'").fetchall()[0]
    return None if row[0] is None else cast("PurchaseFit", restore(row[0]))


def _reasons() -> dict[str, str]:
    """Columns of marts.health_reasons beside the key."""
    return {"peers_log_odds": "FLOAT", "peers": "INTEGER", **dict.fromkeys(REASONS, "FLOAT"), **FACTS}


def _frame(found: Health, seen: pd.DataFrame, bands: Bands) -> pd.DataFrame:
    columns = {
        "customer_key": seen["customer_key"].to_numpy(),
        "health_score": found.score,
        "risk_band": pd.Categorical.from_codes(bands.of(found.score), pd.Index(BANDS)),
        "health_percentile": found.percentile,
        "peers_log_odds": found.peers_log_odds,
        "peers": found.peers,
        **dict(zip(REASONS, found.reasons.T, strict=True)),
        "recent_purchases": seen["purchases_90"].to_numpy(),
        "season_purchases": seen["season_purchases"].to_numpy(),
        "returns_share": seen["returns_share"].to_numpy(),
    }
    return pd.DataFrame(columns, copy=False)


def _write(connection: Connection, frame: pd.DataFrame, marts: str) -> None:
    connection.register("health_rows", frame)
    columns = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in COLUMNS.items())
    key = "cast(customer_key as uinteger) as customer_key"
    added.add(connection, "health", f"select {key}, {columns} from health_rows")
    reasons = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in _reasons().items())
    connection.execute(
        f"create table {marts}.health_reasons as select {key}, {reasons} from health_rows order by customer_key"
    )
    connection.unregister("health_rows")
