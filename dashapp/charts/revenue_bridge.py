"""Whose money made the difference between two periods (the second lens of a customer-base audit)."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, View, nothing
from dashapp.charts.kit.bridges import Bar, bridge
from dashapp.charts.kit.formats import change, money, number
from dashapp.charts.kit.marks import ANYWHERE, Condition, did, made_where, meeting
from dashapp.charts.kit.two_periods import TwoPeriods, not_comparable, of_basis
from dashapp.domain.revenue_bridge import Kind
from dashapp.domain.rule_fields import AT_LEAST, AT_MOST, GREW, IS, SAME, SHRANK

CHANGED = {Kind.GREW: GREW, Kind.SHRANK: SHRANK, Kind.SAME: SAME}


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: the answer of store/queries/revenue_bridge.sql, one row per basis and kind of customer that occurs."""
    frame = of_basis(frame, view)
    if problem := not_comparable(frame, view):
        return nothing(*problem)
    periods = TwoPeriods.read(frame)
    rows = frame.set_index("kind").reindex([kind.value for kind in Kind]).dropna(subset=["customers"])
    changes = periods.changes()
    cents = {Kind(str(name)): changes[str(name)] for name in rows.index}
    shown = {row: Bar(kind.label, amount / 100) for row, (kind, amount) in enumerate(cents.items()) if amount}
    ends = (Bar("Before", periods.before.all / 100, True), Bar("Now", periods.now.all / 100, True))
    table = pd.DataFrame(
        {
            "Customers who": [kind.label for kind in cents],
            "Customers": rows["customers"].astype(int).to_list(),
            f"Before ({periods.before_words})": rows["value_before"].astype(float).round(2).to_list(),
            f"Now ({periods.now_words})": rows["value_now"].astype(float).round(2).to_list(),
            "Change": [amount / 100 for amount in cents.values()],
        }
    )
    drawn = bridge([ends[0], *shown.values(), ends[1]], view, [len(table), *shown, len(table) + 1])
    return Chart(drawn, _summary(periods, rows, cents, view), table, marks=_marks(periods, tuple(cents), view))


def _marks(periods: TwoPeriods, kinds: tuple[Kind, ...], view: View) -> tuple[dict[str, str] | None, ...]:
    """Of each kind who they are; then the buyers of either period. Refunds without an order are nobody's purchase.

    The money is told by where sales were made, so country and channel narrow these sales and not the customers.
    """
    then, now = (did("bought_in", span) for span in (periods.before_days, periods.days))
    started = ("first_order_date", AT_LEAST, (f"{periods.days.start}",))
    returned = ("first_order_date", AT_MOST, (f"{periods.days.start - timedelta(days=1)}",))
    not_then, not_now = (did("bought_in", span, never=True) for span in (periods.before_days, periods.days))
    told = {Kind.NEW: (now, not_then, started), Kind.REACTIVATED: (now, not_then, returned), Kind.LOST: (then, not_now)}
    told |= {kind: (_changed(periods, view, how),) for kind, how in CHANGED.items()}
    sides = [told.get(kind, ()) for kind in kinds] + [(then,), (now,)]
    made = made_where(view.filters)
    found = (meeting(*rules, *made, saved=view.filters.saved) if rules else None for rules in sides)
    return tuple(mark and mark | (ANYWHERE if made else {}) for mark in found)


def _changed(periods: TwoPeriods, view: View, how: str) -> Condition:
    now, before = periods.days, periods.before_days
    text = f"{now.start} {now.end} {before.start} {before.end} {view.filters.basis.value} {how}"
    return "changed_in", IS, (text,)


def _summary(periods: TwoPeriods, rows: pd.DataFrame, cents: dict[Kind, int], view: View) -> str:
    basis, before, now = view.filters.basis.label, periods.before.all / 100, periods.now.all / 100
    words = change(now, before) if before > 0 else ""
    text = (
        f"{basis} went from {money(before, view.currency)} ({periods.before_words}) to {money(now, view.currency)} "
        f"({periods.now_words})" + (f", {words}" if words else "")
    )
    stayed = cents.get(Kind.GREW, 0) + cents.get(Kind.SHRANK, 0)
    return (
        f"{text}: {_count(rows, Kind.NEW)} new customers brought {money(cents.get(Kind.NEW, 0) / 100, view.currency)}, "
        f"{_count(rows, Kind.LOST)} who did not come again took {money(-cents.get(Kind.LOST, 0) / 100, view.currency)} "
        f"with them, and those who bought in both made {money(stayed / 100, view.currency)} of difference."
    )


def _count(rows: pd.DataFrame, kind: Kind) -> str:
    return number(rows["customers"].get(kind.value, 0))


CHART = ChartSpec(
    name="revenue_bridge",
    title="Who made the difference",
    unit="Change of the money of customers, from the earlier period to this one",
    definition="The period of the filters against the one it is compared with, or where nothing is compared the one "
    "right before it; all time is the last 12 complete months against the 12 before. New: first order ever in the "
    "period. Reactivated: ordered before it, but not in the earlier period. Lost: ordered before and not now. "
    "Grew and shrank: ordered in both. Refunds, no order: money of customers who ordered in neither. The parts add up "
    "to the change to the cent. Under a country or channel the money is that of sales made there.",
    query="revenue_bridge",
    build=build,
    height=340,
)
