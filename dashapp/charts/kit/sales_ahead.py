"""Predicted sales after the last bar: a dashed line in its 80 % band, and rows of the table that say so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from dashapp import written
from dashapp.charts.chart import Chart, View
from dashapp.charts.kit.figures import Trace, line
from dashapp.charts.kit.formats import known, money, percent
from dashapp.charts.kit.grain import Grain, label
from dashapp.charts.kit.theme import MEASURE
from dashapp.domain.filters import CHOICES
from dashapp.domain.vocabulary import Basis

BAND = "rgba(79, 123, 224, 0.15)"
COLUMNS = ("Predicted, present customers", "Low (80 %)", "High (80 %)")


def drawn(chart: Chart, view: View) -> Chart:
    """The chart of monthly sales with the months ahead; as it is where they do not belong to it."""
    ahead = view.ahead
    if ahead is None or ahead.empty or chart.figure is None or view.period.end < view.observed_until:
        return chart
    if view.filters.basis is not Basis.NET_SALES or any(getattr(view.filters, name) for name in CHOICES):
        return replace(chart, summary=f"{chart.summary} Predicted sales are of the whole shop and of net sales only.")
    months = [month.date() for month in pd.to_datetime(ahead["month"])]
    figure = chart.figure | {"data": [*chart.figure["data"], *_traces(ahead, months, view)]}
    summary, table = f"{chart.summary} {_words(ahead, months, view)}", _table(chart.table, ahead, months)
    return replace(chart, figure=figure, summary=summary, table=table)


def _traces(ahead: pd.DataFrame, months: list[date], view: View) -> list[Trace]:
    x = [month.isoformat() for month in months]
    hover = f"%{{y:,.0f}} {view.currency}"
    edge: dict[str, Any] = {"line": {"width": 0}, "showlegend": False, "hovertemplate": hover}
    style = {"line": {"width": 2.5, "dash": "dash", "color": MEASURE}, "hovertemplate": hover}
    return [
        line("Predicted, low", x, ahead["low"], **edge),
        line("Predicted, high", x, ahead["high"], **edge, fill="tonexty", fillcolor=BAND),
        line(COLUMNS[0], x, ahead["sales"], **style),
    ]


def _table(table: pd.DataFrame, ahead: pd.DataFrame, months: list[date]) -> pd.DataFrame:
    values = dict(zip(COLUMNS, (ahead[name].round(2) for name in ("sales", "low", "high")), strict=True))
    rows = pd.DataFrame({table.columns[0]: [label(month, Grain.MONTH) for month in months], **values})
    return pd.concat([table, rows], ignore_index=True)


def _words(ahead: pd.DataFrame, months: list[date], view: View) -> str:
    until = f" to {label(months[-1], Grain.MONTH)}" if len(months) > 1 else ""
    first = ahead.iloc[0]
    band = written.span(money(first["low"], view.currency), money(first["high"], view.currency))
    return (
        f"Present customers are predicted to buy for {money(ahead['sales'].sum(), view.currency)} from "
        f"{label(months[0], Grain.MONTH)}{until}; in {label(months[0], Grain.MONTH)} "
        f"{money(first['sales'], view.currency)} ({band}).{_tested(first.get('bias_pct'))}"
    )


def _tested(bias_pct: Any) -> str:
    """How far the model's total was off in the test on the past, where there was one."""
    if not known(bias_pct):
        return ""
    side = "above" if bias_pct > 0 else "below"
    return f" Tested on the past, its predicted totals were {percent(abs(bias_pct) / 100)} {side} what came."
