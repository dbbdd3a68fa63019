"""The validity gate of a refresh: what is known about the scores, the verdict on it, and what follows.

Where the verdict is "not valid" the predicted money is taken out of marts.customers, so that no page, export, report or
answer can show it: the snapshot does not hold it.
"""

from __future__ import annotations

import json
from dataclasses import astuple, fields

from dashapp.domain.model import Status
from dashapp.domain.predictive import LEVEL
from dashapp.domain.validity import Evidence, Thresholds, Validity, Verdict, judge
from dashapp.settings import Settings
from etl.progress import Progress
from etl.work import Connection

MONEY = ("expected_order_value", "clv", "clv_low", "clv_high", "value_at_risk")
"""Score columns that put a price on somebody's future."""

FINDINGS = """
    create table meta.validity (
        position INTEGER, rule VARCHAR, title VARCHAR, passed BOOLEAN, consequence VARCHAR, measured DOUBLE,
        needed DOUBLE, sentence VARCHAR, days_until INTEGER
    )"""

RECENT_DAYS = 90
"""New customers of these days say how fast the shop grows."""

BASE = """
    select
        count(*) as customers,
        count(*) filter (where c.frequency > 0) as repeaters,
        any_value(o.observed_until - o.observed_from) + 1 as observed_days,
        count(*) filter (where c.first_order_date > o.observed_until - $days) / $days as new_customers,
        (
            select count(*) from staging.purchase_days as p
            where p.purchase_number = 2 and p.order_date > any_value(o.observed_until) - $days
        ) / $days as new_repeaters
    from staging.observation as o
    left join marts.customers as c on true"""

TOTAL_ERROR = """
    select m.value / 100 from backtest.metrics as m cross join backtest.summary as s
    where m.predictor = s.incumbent and m.origin = 0 and m.target = 'value' and m.metric = 'abs_bias_pct'"""

GINI = """
    select m.value from backtest.metrics as m cross join backtest.summary as s
    where m.predictor = s.incumbent and m.origin = 0 and m.target = 'value' and m.metric = 'gini'"""

COVERAGE_ERROR = "select widened_short from backtest.widenings where level = $level"


def thresholds(settings: Settings) -> Thresholds:
    """What this installation demands."""
    return Thresholds(**{field.name: getattr(settings, f"valid_{field.name}") for field in fields(Thresholds)})


def validity(connection: Connection, settings: Settings, progress: Progress) -> Verdict:
    """Judge the scores, write meta.validity, and take out the money where it may not be shown."""
    verdict = judge(_evidence(connection, settings), thresholds(settings))
    connection.execute(FINDINGS)
    for position, finding in enumerate(verdict.findings, start=1):
        row = [position, *astuple(finding)]
        connection.execute(f"insert into meta.validity values ({', '.join('?' for _ in row)})", row)
    if verdict.state is Validity.NOT_VALID:
        connection.execute(f"update added_scores set {', '.join(f'{name} = null' for name in MONEY)}")
    progress.note(f"Predictions are {verdict.state.label.lower()}. {verdict.sentence}")
    return verdict


def _evidence(connection: Connection, settings: Settings) -> Evidence:
    base = connection.execute(BASE, {"days": RECENT_DAYS}).fetchall()[0]
    models = connection.execute("select target, status, at_bound, fitted from meta.models").fetchall()
    statuses = {row[0]: _status(row[1]) for row in models}
    facts = [json.loads(row[3])["facts"] for row in models if row[3] is not None]
    return Evidence(
        customers=base[0],
        repeaters=base[1],
        observed_days=base[2],
        horizon_days=settings.horizon_days,
        new_customers_per_day=base[3],
        new_repeaters_per_day=base[4],
        purchases_status=statuses.get("purchases"),
        spend_status=statuses.get("spend"),
        at_bound=any(row[2] for row in models),
        correlation=next((fact["correlation"] for fact in facts if "correlation" in fact), None),
        gini=_figure(connection, GINI),
        total_error=_figure(connection, TOTAL_ERROR),
        coverage_error=_figure(connection, COVERAGE_ERROR, {"level": LEVEL}),
    )


def _status(word: str) -> Status | None:
    return Status(word) if word in list(Status) else None


def _figure(connection: Connection, sql: str, values: dict[str, float] | None = None) -> float | None:
    rows = connection.execute(sql, values or {}).fetchall()
    return rows[0][0] if rows else None
