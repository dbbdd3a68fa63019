"""How sales went, and from whom: new, returning, reactivated and unidentified, refunds below zero, and what comes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, Figure, View, nothing
from dashapp.charts.kit import figures, sales_ahead
from dashapp.charts.kit.earlier import name_of, under
from dashapp.charts.kit.formats import change, known, money
from dashapp.charts.kit.grain import Grain, buckets, grain_of, incomplete, is_partial, label, last_day
from dashapp.charts.kit.marks import customers, marked
from dashapp.domain.vocabulary import Basis

TYPES = {
    "returning": "Returning customers",
    "new": "New customers",
    "reactivated": "Reactivated customers",
    "unidentified": "Unidentified sales",
    "return": "Days without a purchase",
}
REFUNDS = "Refunds"
CHANGE = "Relative change"


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: series ('current' or 'previous'), bucket, customer_type, gross_sales, returns, value, orders."""
    if frame.empty or "current" not in set(frame["series"]):
        return nothing("No sales in this view.", "Choose a longer period or remove a filter.")
    frame = frame.assign(bucket=pd.to_datetime(frame["bucket"]).dt.date)
    now = frame[frame["series"] == "current"]
    if now["value"].isna().all():
        label_ = view.filters.basis.label
        return nothing(f"{label_} is not available: no costs are loaded.", "Load product costs.", "unavailable")
    grain = grain_of(view.period)
    starts = buckets(view.period, grain)
    table = _table(now, starts, view.filters.basis)
    before = _before(frame[frame["series"] == "previous"], grain, view, starts)
    if before is not None:
        table[name_of(view)] = before
    drawn = _figure(table, starts, grain, view)
    told = table.copy()
    if before is not None:
        told[CHANGE] = _changes(table, starts, grain, view)
    told.insert(0, grain.value.capitalize(), [label(start, grain) for start in starts])
    days = ((max(start, view.period.start), min(last_day(start, grain), view.period.end)) for start in starts)
    marks = tuple(customers(("bought_on", first, last)) for first, last in days)
    chart = Chart(drawn, _summary(table, starts, grain, view), told, marks=marks)
    return sales_ahead.drawn(chart, view) if grain is Grain.MONTH else chart


def _table(now: pd.DataFrame, starts: list[date], basis: Basis) -> pd.DataFrame:
    """Net sales are drawn as what was sold above zero and what came back below it; the other bases as they are."""
    parts = {name: dict.fromkeys(starts, 0.0) for key, name in TYPES.items() if key != "return"}
    rows: Any = now.itertuples(index=False)
    for row in rows:
        amounts = {TYPES[row.customer_type]: row.value}
        if basis is Basis.NET_SALES:
            amounts = {TYPES[row.customer_type]: row.gross_sales, REFUNDS: -row.returns}
        for name, amount in amounts.items():
            part = parts.setdefault(name, dict.fromkeys(starts, 0.0))
            if known(amount) and row.bucket in part:
                part[row.bucket] += float(amount)
    always = [name for key, name in TYPES.items() if key != "return"]
    names = [*always, *(name for name in (TYPES["return"], REFUNDS) if any(parts.get(name, {}).values()))]
    table = pd.DataFrame({name: list(parts[name].values()) for name in names})
    return table.assign(**{basis.label: table.sum(axis=1)}).round(2)


def _before(previous: pd.DataFrame, grain: Grain, view: View, starts: list[date]) -> list[float | None] | None:
    """The comparison period bucket by bucket, by position: its first bucket lies under the first one asked for."""
    if previous.empty:
        return None
    totals: dict[date, float] = {}
    for then, value in zip(previous["bucket"], previous["value"], strict=True):
        totals[then] = totals.get(then, 0.0) + (float(value) if known(value) else 0.0)
    first = min(totals)
    return [round(totals.get(then, 0.0), 2) if then and then >= first else None for then in under(starts, grain, view)]


def _changes(table: pd.DataFrame, starts: list[date], grain: Grain, view: View) -> list[float | None]:
    """The relative change of every whole bucket; an unfinished one has none."""
    pairs = zip(starts, table[view.filters.basis.label], table[name_of(view)], strict=True)
    return [
        round(now / before - 1, 4)
        if known(before) and before > 0 and not is_partial(start, view.period, grain)
        else None
        for start, now, before in pairs
    ]


def _figure(table: pd.DataFrame, starts: list[date], grain: Grain, view: View) -> Figure:
    basis, earlier = view.filters.basis.label, name_of(view)
    x = [start.isoformat() for start in starts]
    partial = figures.hatched([is_partial(start, view.period, grain) for start in starts])
    money_hover = f"%{{y:,.0f}} {view.currency}"
    traces = [
        marked(
            figures.bars(
                name, x, table[name], marker=partial, showlegend=bool(table[name].any()), hovertemplate=money_hover
            ),
            range(len(x)),
        )
        for name in table.columns
        if name not in (basis, earlier)
    ]
    total = figures.line(basis, x, table[basis], hovertemplate=money_hover, showlegend=False)
    traces.append(total | {"line": {"width": 0}})
    if earlier in table:
        traces.append(figures.comparison_line(earlier, x, table[earlier], hovertemplate=money_hover))
    return figures.figure(traces, **_layout(grain, view))


def _layout(grain: Grain, view: View) -> dict[str, Any]:
    return {
        "barmode": "relative",
        "hovermode": "x unified",
        "showlegend": True,
        "legend": figures.legend_above(),
        "margin": figures.MARGIN | {"t": 36},
        "xaxis": {"type": "date", "hoverformat": "%b %Y" if grain is Grain.MONTH else "%-d %b %Y", "fixedrange": True},
        "yaxis": figures.money_axis(view) | {"fixedrange": True},
    }


def _summary(table: pd.DataFrame, starts: list[date], grain: Grain, view: View) -> str:
    basis = view.filters.basis.label
    verb = "was" if view.filters.basis is Basis.GROSS_MARGIN else "were"
    parts = [f"{basis} {verb} {money(table[basis].sum(), view.currency)} from {view.period}"]
    if view.comparison and name_of(view) in table:
        parts += _against(table, starts, grain, view)
    if REFUNDS in table:
        parts.append(f"after {money(-table[REFUNDS].sum(), view.currency)} of refunds")
    return ", ".join(parts) + "." + _footnote(starts, grain, view)


def _against(table: pd.DataFrame, starts: list[date], grain: Grain, view: View) -> list[str]:
    """The change of what is complete; a period without one whole bucket is compared as it is, day for day."""
    earlier = name_of(view)
    whole = [not is_partial(start, view.period, grain) and known(before)
             for start, before in zip(starts, table[earlier], strict=True)]  # fmt: skip
    chosen = table[whole] if any(whole) else table
    now, before = (_sum(chosen[name]) for name in (view.filters.basis.label, earlier))
    words = change(now, before)
    if not words:
        return []
    if any(whole) and not all(whole):
        amounts = f"{money(now, view.currency)} against {money(before, view.currency)}"
        return [f"{words} on the {earlier.lower()} in its complete {grain.value}s ({amounts})"]
    return [f"{words} on the {earlier.lower()} ({money(before, view.currency)})"]


def _sum(values: pd.Series[Any]) -> float:
    return float(sum(value for value in values if known(value)))


def _footnote(starts: list[date], grain: Grain, view: View) -> str:
    partial = [incomplete(start, view.period, grain) for start in starts if is_partial(start, view.period, grain)]
    return f" Hatched and in no change: {' and '.join(partial)}, incomplete." if partial else ""


CHART = ChartSpec(
    name="revenue_trend",
    title="Sales over time",
    unit="Value sold and refunded, by kind of customer",
    definition="Sales of the period by who bought: a customer's first purchase day, a later one, one after a long "
    "pause, or a sale without a customer. Refunds count on the day they were made. Dashed: what the customers of today "
    "are predicted to buy in the whole months ahead, with 80 % bounds; new customers are not in it, and the bounds do "
    "not know a wrong model.",
    query="revenue_trend",
    build=build,
    height=340,
    parameters={"grain": "auto"},
    ahead="sales_forecasts",
)
