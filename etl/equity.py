"""Table `ledger.equity_bridge`: how the residual value of the base got from the snapshot before to this one."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from typing import cast

from dashapp.domain import shelf
from dashapp.domain.equity_bridge import Base, Step, bridge
from dashapp.domain.model import PurchaseFit, SpendFit
from dashapp.domain.scoring import Assumptions, Fits
from dashapp.domain.validity import Validity
from dashapp.errors import TenureError
from dashapp.settings import Settings
from dashapp.store.facts import Facts
from etl.ledger import Entry, Ledger
from etl.progress import Progress
from etl.work import Connection

TABLE = "ledger.equity_bridge"
COLUMNS = """
    position INTEGER, part VARCHAR, customers BIGINT, amount DECIMAL(18,2), note VARCHAR, before_id VARCHAR,
    before_until DATE, until DATE"""
"""One row per step. Where there is none, one row with part 'none' and the reason in `note`."""

NOW = """
    select cast(customer_key as bigint) as customer_id, clv, frequency, recency_days, T_days, monetary_value
    from marts.customers
    where clv is not null
    order by customer_key"""
THEN = """
    select
        coalesce(cast(now.customer_key as bigint), -1 - before.file_row_number) as customer_id,
        before.clv, before.frequency, before.recency_days, before.T_days, before.monetary_value
    from read_parquet($file, file_row_number = true) as before
    left join (select customer_id, customer_key from marts.customers) as now using (customer_id)
    where before.clv is not null
    order by 1"""
"""Customers are told by today's key, a number: a million texts cost ten times as much to look up. Who is no longer
there has a number of their own below zero."""
FITTED = "select target, fitted from meta.models where fitted is not null"


@dataclass(frozen=True)
class Found:
    """The steps from an earlier snapshot, or why there are none."""

    reason: str
    before: Entry | None = None
    steps: tuple[Step, ...] = ()


def equity(connection: Connection, settings: Settings, facts: Facts, progress: Progress) -> None:
    """Write the table. What stands in the way is told in it and stops no refresh."""
    progress.step("publish", 0.0, "Comparing the value of the base with the snapshot before")
    try:
        found = _found(connection, Ledger.of(settings), facts)
    except TenureError as error:
        found = Found(error.sentence())
    connection.execute(f"create table {TABLE} ({COLUMNS})")
    for position, row in enumerate(_rows(found, facts), start=1):
        connection.execute(f"insert into {TABLE} values (?, ?, ?, ?, ?, ?, ?, ?)", [position, *row])


def _rows(found: Found, facts: Facts) -> list[tuple[object, ...]]:
    before = found.before
    if before is None or not found.steps:
        return [("none", 0, None, found.reason, None, None, facts.observed_until)]
    context = (before.snapshot_id, before.day, facts.observed_until)
    return [(step.part, step.customers, step.amount, _note(step.part, before, facts), *context) for step in found.steps]


def _found(connection: Connection, ledger: Ledger, facts: Facts) -> Found:
    if facts.validity == Validity.NOT_VALID:
        return Found("Predicted values are not valid on these data.")
    before = _before(ledger, facts)
    if before is None:
        return Found("There is no earlier snapshot of this shop. The bridge begins with the next refresh.")
    if before.validity == Validity.NOT_VALID or before.purchases is None or before.spend is None:
        return Found("The snapshot before showed no predicted value, so there is nothing to begin with.", before)
    now = _now(connection, facts)
    if now is None:
        return Found("Nobody could be scored.", before)
    then = _then(connection, ledger, before)
    return Found("", before, tuple(bridge(then, now, (facts.observed_until - before.day).days)))


def _before(ledger: Ledger, facts: Facts) -> Entry | None:
    """The newest entry of the same shop with other content that does not reach further than this snapshot."""
    same = [
        entry
        for entry in ledger.entries()
        if (entry.source, entry.shop_name) == (facts.source, facts.shop_name)
        and entry.build_key != facts.build_key
        and entry.day <= facts.observed_until
    ]
    return max(same, key=lambda entry: entry.seq, default=None)


def _then(connection: Connection, ledger: Ledger, entry: Entry) -> Base:
    customers = connection.execute(THEN, {"file": os.fspath(ledger.proven(entry))}).df()
    fits = _fits(entry.purchases or "", entry.spend or "")
    assumed = (entry.horizon_days, entry.annual_discount_rate, entry.gross_margin)
    return Base(customers, fits, Assumptions(fits.purchases.model, *assumed))


def _now(connection: Connection, facts: Facts) -> Base | None:
    fitted = dict(connection.execute(FITTED).fetchall())
    customers = connection.execute(NOW).df()
    if len(fitted) < 2 or customers.empty:
        return None
    fits = _fits(fitted["purchases"], fitted["spend"])
    assumed = (facts.horizon_days, facts.annual_discount_rate, facts.gross_margin)
    return Base(customers, fits, Assumptions(fits.purchases.model, *assumed))


def _fits(purchases: str, spend: str) -> Fits:
    return Fits(cast(PurchaseFit, shelf.restore(purchases)), cast(SpendFit, shelf.restore(spend)))


def _note(part: str, before: Entry, facts: Facts) -> str:
    """What changed, in words, where that can be told of a step."""
    days: tuple[date, date] = before.day, facts.observed_until
    return {
        "opening": f"On {days[0]:%-d %b %Y}, next {before.horizon_days} days",
        "closing": f"On {days[1]:%-d %b %Y}, next {facts.horizon_days} days",
        "revised": f"The model changed from {before.model} to {facts.model}" if before.model != facts.model else "",
        "horizon": f"From {before.horizon_days} to {facts.horizon_days} days",
        "discount": f"From {before.annual_discount_rate:.1%} to {facts.annual_discount_rate:.1%} a year",
        "margin": f"From {before.gross_margin:.1%} to {facts.gross_margin:.1%} of sales",
    }.get(part, "")
