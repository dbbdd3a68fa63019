"""Table `ledger.scorecard`: every earlier prediction of this shop against what has come since."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import cast

import pandas as pd

from dashapp.domain import shelf
from dashapp.domain.model import PurchaseFit, SpendFit
from dashapp.domain.purchase_days import PurchaseDays
from dashapp.domain.scorecard import Prediction, Score, compare, days_passed, first_comparison
from dashapp.domain.scoring import Fits
from dashapp.errors import TenureError
from dashapp.settings import Settings
from dashapp.store.facts import Facts
from etl.ledger import Entry, Ledger
from etl.progress import Progress
from etl.work import Connection

TABLE = "ledger.scorecard"
SQL_TYPES = {"int": "BIGINT", "float": "DOUBLE", "str": "VARCHAR", "bool": "BOOLEAN", "date": "DATE"}


@dataclass(frozen=True)
class Row:
    """One prediction. Money is net sales, not discounted, of the customers known then."""

    snapshot_id: str
    model: str
    validity: str
    predicted_on: date
    until: date
    "Last day compared."
    first_comparison: date
    horizon_days: int
    days: int
    "Of the horizon that have passed."
    status: str
    "compared, too_early, other_customers, unscored or damaged."
    note: str
    customers: int
    same_share: float | None = None
    purchases: float | None = None
    purchases_low: float | None = None
    purchases_high: float | None = None
    actual_purchases: float | None = None
    value: float | None = None
    value_low: float | None = None
    value_high: float | None = None
    actual_value: float | None = None
    inside_share: float | None = None
    error_pct: float | None = None


def scorecard(connection: Connection, settings: Settings, facts: Facts, progress: Progress, days: PurchaseDays) -> None:
    """Compare every earlier prediction of the same source and shop, one per content, and write the table.

    days: who bought when, all that is known now. A damaged ledger is told in the table and stops no refresh.
    """
    progress.step("publish", 0.0, "Comparing earlier predictions with what came")
    columns = ", ".join(f"{item.name} {SQL_TYPES[str(item.type).removesuffix(' | None')]}" for item in fields(Row))
    connection.execute(f"create table {TABLE} ({columns})")
    for row in [*_earlier(connection, Ledger.of(settings), facts, days), _of_now(facts)]:
        values = list(asdict(row).values())
        connection.execute(f"insert into {TABLE} values ({', '.join('?' for _ in values)})", values)


def _earlier(connection: Connection, ledger: Ledger, facts: Facts, days: PurchaseDays) -> list[Row]:
    try:
        entries = ledger.entries()
    except TenureError as error:
        return [replace(_of_now(facts), status="damaged", note=error.sentence())]
    distinct = {entry.build_key: entry for entry in reversed(entries) if _is_earlier(entry, facts)}
    ordered = sorted(distinct.values(), key=lambda entry: (entry.day, entry.seq))
    ids = _ids(connection) if any(_is_due(entry, facts) for entry in ordered) else pd.Series(dtype="object")
    return [_judged(entry, ledger, days, ids, facts) for entry in ordered]


def _ids(connection: Connection) -> pd.Series:
    """customer_id by customer_key."""
    keys = connection.execute("select customer_key, customer_id from marts.customers").df()
    return keys.set_index("customer_key")["customer_id"]


def _is_due(entry: Entry, facts: Facts) -> bool:
    """Whether enough of the horizon has passed to compare."""
    return first_comparison(entry.day, entry.horizon_days) <= facts.observed_until


def _is_earlier(entry: Entry, facts: Facts) -> bool:
    return (entry.source, entry.shop_name) == (facts.source, facts.shop_name) and entry.day < facts.observed_until


def _judged(entry: Entry, ledger: Ledger, days: PurchaseDays, ids: pd.Series, facts: Facts) -> Row:
    row = Row(
        entry.snapshot_id, entry.model, entry.validity, entry.day, facts.observed_until,
        first_comparison(entry.day, entry.horizon_days), entry.horizon_days,
        days_passed(entry.day, entry.horizon_days, facts.observed_until), "too_early", "", entry.customers,
    )  # fmt: skip
    if entry.purchases is None or entry.spend is None:
        return replace(row, status="unscored", note="That snapshot scored nobody.")
    if not _is_due(entry, facts):
        return row
    try:
        customers = ledger.customers(entry)
        fits = Fits(cast(PurchaseFit, shelf.restore(entry.purchases)), cast(SpendFit, shelf.restore(entry.spend)))
    except TenureError as error:
        return replace(row, status="damaged", note=error.sentence())
    score = compare(Prediction(entry.day, entry.horizon_days, customers, fits), days, ids, facts.observed_until)
    return _with(row, score)


def _with(row: Row, score: Score) -> Row:
    names = {item.name for item in fields(Score)} & {item.name for item in fields(Row)}
    found = replace(row, status="compared", error_pct=score.error_pct, **{name: getattr(score, name) for name in names})
    if score.same_world:
        return found
    note = f"Only {score.same_share:.0%} of its customers are in these data with the history they had."
    return replace(found, status="other_customers", note=note)


def _of_now(facts: Facts) -> Row:
    """This snapshot's own prediction: nothing to compare yet, but from when on there will be."""
    day, horizon = facts.observed_until, facts.horizon_days
    return Row(
        facts.snapshot_id, facts.model, facts.validity, day, day, first_comparison(day, horizon), horizon, 0,
        "too_early", "", 0,
    )  # fmt: skip
