"""What a snapshot says about itself: the one row of `meta.snapshot`."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

import duckdb


@dataclass(frozen=True, slots=True)
class Facts:
    """Where the numbers come from and what they were computed with."""

    snapshot_id: str
    "Sequence and the start of the build key: '000003-ab12cd34'. First part of every cache key."
    seq: int
    built_at: datetime
    "UTC, without zone."
    observed_from: date
    observed_until: date
    "Last day with a sale; every age and recency is counted to here, never to the clock."
    source: str
    is_demo: bool
    shop_name: str
    currency: str
    horizon_days: int
    annual_discount_rate: float
    gross_margin: float
    "Share of net sales counted as value; 1 means revenue."
    model: str
    validity: str
    "What predicted values may be used for: a dashapp.domain.validity.Validity."
    validity_reason: str
    has_costs: bool
    has_spend: bool
    has_events: bool
    has_contracts: bool
    has_orders: bool
    "False where customers came as summaries: no orders, products, trends, cohorts over time and no backtest."
    has_category_days: bool
    "Sales of every day are counted by category too: the shop has few enough of them."
    policy: str
    "JSON: what counted as a purchase, a return, a charge."
    build_key: str
    "Hash of everything the content depends on; equal keys mean equal content."
    code_version: str


EARLIER: dict[str, Any] = {
    "has_contracts": False,
    "has_orders": True,
    "has_category_days": False,
    "validity": "ranking_only",
    "validity_reason": "An earlier version prepared these data and did not judge its predictions. Refresh the data.",
}
"What snapshots of earlier versions do not say about themselves."
NAMES = tuple(field.name for field in fields(Facts))


def read_facts(cursor: duckdb.DuckDBPyConnection) -> Facts:
    """The facts of an open snapshot. Raises duckdb.Error or ValueError where they are not."""
    columns = [str(row[0]) for row in cursor.execute("describe meta.snapshot").fetchall()]
    rows = cursor.execute("select * from meta.snapshot").fetchall()
    if len(rows) != 1:
        raise ValueError(f"meta.snapshot has {len(rows)} rows, not one")
    said = EARLIER | dict(zip(columns, rows[0], strict=True))
    if missing := set(NAMES) - set(said):
        raise ValueError(f"meta.snapshot lacks {', '.join(sorted(missing))}")
    return Facts(**{name: said[name] for name in NAMES})
