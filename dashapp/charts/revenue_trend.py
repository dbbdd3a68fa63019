"""How sales went, and from whom: new, returning, reactivated and unidentified, refunds below zero."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, Figure, View, nothing
from dashapp.charts.kit import figures
from dashapp.charts.kit.formats import change, known, money
from dashapp.charts.kit.grain import Grain, buckets, grain_of, is_partial, label, last_day
from dashapp.charts.kit.marks import customers, marked
from dashapp.domain.vocabulary import Basis, Compare

TYPES = {
    "returning": "Returning customers",
    "new": "New customers",
    "reactivated": "Reactivated customers",
    "unidentified": "Unidentified sales",
    "return": "Days without a purchase",
}
REFUNDS = "Refunds"


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: series ('current' or 'previous'), bucket, customer_type, gross_sales, returns, value, orders."""
    if frame.empty or "current" not in set(frame["series"]):
        return nothing("No sales in this view.", "Choose a longer period or remove a filter.")
    frame = frame.assign(bucket=pd.to_datetime(frame["bucket"]).dt.date)
    now = frame[frame["series"] == "current"]
    if now["value"].isna().all():
        label_ = view.filters.basis.label
        return nothing(f"{label_} is not available: no costs are loaded.", "Load product costs.", "unavailable")
    grain = _grain(view)
    starts = buckets(view.period, grain)
    table = _table(now, starts, view.filters.basis)
    before = _before(frame[frame["series"] == "previous"], grain, view, starts)
    if before is not None:
        table[_comparison_name(view)] = before
    drawn = _figure(table, starts, grain, view)
    table.insert(0, grain.value.capitalize(), [label(start, grain) for start in starts])
    days = ((max(start, view.period.start), min(last_day(start, grain), view.period.end)) for start in starts)
    marks = tuple(customers(("bought_on", first, last)) for first, last in days)
    return Chart(drawn, _summary(table, starts, grain, view), table, marks=marks)


def _grain(view: View) -> Grain:
    return grain_of(view.period)


def _comparison_name(view: View) -> str:
    return {Compare.PREVIOUS_YEAR: "Previous year"}.get(view.filters.compare, "Previous period")


def _parts(now: pd.DataFrame, basis: Basis) -> pd.DataFrame:
    """Net sales are drawn as what was sold above zero and what came back below it; the other bases as they are."""
    if basis is not Basis.NET_SALES:
        return now.assign(part=now["customer_type"].map(TYPES))[["bucket", "part", "value"]]
    sold = now.assign(part=now["customer_type"].map(TYPES), value=now["gross_sales"])
    refunded = now.assign(part=REFUNDS, value=-now["returns"])
    return pd.concat([sold, refunded])[["bucket", "part", "value"]]


def _table(now: pd.DataFrame, starts: list[date], basis: Basis) -> pd.DataFrame:
    parts = _parts(now, basis)
    parts["value"] = parts["value"].astype(float).fillna(0.0)
    wide = parts.pivot_table(index="bucket", columns="part", values="value", aggfunc="sum", fill_value=0.0)
    wide = wide.reindex(index=starts, fill_value=0.0)
    always = [name for key, name in TYPES.items() if key != "return"]
    ordered = [*always, *(name for name in (TYPES["return"], REFUNDS) if name in wide and wide[name].any())]
    wide = wide.reindex(columns=ordered, fill_value=0.0).reset_index(drop=True)
    wide.columns.name = None
    wide[basis.label] = wide.sum(axis=1)
    return wide.round(2)


def _before(previous: pd.DataFrame, grain: Grain, view: View, starts: list[date]) -> list[float | None] | None:
    """The comparison period bucket by bucket, by position: its first bucket lies under the first one asked for."""
    period = view.filters.comparison(view.observed_until)
    if period is None or previous.empty:
        return None
    asked = buckets(view.filters.period(view.observed_until), grain)
    under = dict(zip(asked, buckets(period, grain), strict=False))
    totals = previous.groupby("bucket")["value"].sum().astype(float).round(2)
    first = totals.index.min()
    return [totals.get(under[s], 0.0) if s in under and under[s] >= first else None for s in starts]


def _figure(table: pd.DataFrame, starts: list[date], grain: Grain, view: View) -> Figure:
    basis, earlier = view.filters.basis.label, _comparison_name(view)
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
    basis, earlier = view.filters.basis.label, _comparison_name(view)
    total = table[basis].sum()
    parts = [f"{basis} were {money(total, view.currency)} from {view.period}"]
    if view.filters.basis is Basis.GROSS_MARGIN:
        parts = [f"{basis} was {money(total, view.currency)} from {view.period}"]
    if view.comparison and earlier in table and (words := change(total, _sum(table[earlier]))):
        parts.append(f"{words} on the {earlier.lower()} ({money(_sum(table[earlier]), view.currency)})")
    if REFUNDS in table:
        parts.append(f"after {money(-table[REFUNDS].sum(), view.currency)} of refunds")
    text = ", ".join(parts) + "."
    return text + _footnote(starts, grain, view)


def _sum(values: pd.Series[Any]) -> float:
    return float(sum(value for value in values if known(value)))


def _footnote(starts: list[date], grain: Grain, view: View) -> str:
    partial = [label(start, grain) for start in starts if is_partial(start, view.period, grain)]
    if not partial:
        return ""
    return f" Hatched: {' and '.join(partial)} {'is' if len(partial) == 1 else 'are'} incomplete in this view."


CHART = ChartSpec(
    name="revenue_trend",
    title="Sales over time",
    unit="Value sold and refunded, by kind of customer",
    definition="Sales of the period by who bought: a customer's first purchase day, a later one, one after a long "
    "pause, or a sale without a customer. Refunds count on the day they were made.",
    query="revenue_trend",
    build=build,
    height=340,
    parameters={"grain": "auto"},
)
