"""What a learned challenger goes by: the features without which it would rank customers worse."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash.development.base_component import Component

from dashapp.domain import challengers
from dashapp.web import format as fmt
from dashapp.web.components import facts as shown
from dashapp.web.components.basics import data_table

MOST = 10
METRICS = {"gini": "Gini of money lost", "auc": "AUC of buying lost"}


def cards(frame: pd.DataFrame) -> list[Component]:
    """One card per challenger; none where the backtest tested none. frame: model, meaning, metric, worth, low, high."""
    return [_card(str(model), part) for model, part in frame.groupby("model")]


def _card(model: str, part: pd.DataFrame) -> Component:
    told = {(row["meaning"], row["metric"]): row for row in part.to_dict("records")}
    by_worth = part[part["metric"] == "gini"].sort_values("worth", ascending=False, kind="stable")
    rows = [
        {"Read": _capital(meaning)} | {title: _cell(told[meaning, metric]) for metric, title in METRICS.items()}
        for meaning in by_worth["meaning"][:MOST]
    ]
    hint = (
        "At the latest cut-off, when this is shuffled among the customers and all else stays; with the "
        f"{fmt.percent(0.95, 0)} interval. "
        "What says the same shares its worth."
    )
    title = f"What goes into {challengers.titles().get(model, model)}"
    return shown.card(title, data_table(pd.DataFrame(rows), title), hint=hint)


def _capital(words: str) -> str:
    """str.capitalize would write P(active) and MBG/NBD small."""
    return words[:1].upper() + words[1:]


def _cell(row: dict[Any, Any]) -> str:
    value, low, high = (fmt.number(row[name], 3) for name in ("worth", "low", "high"))
    return f"{value} ({low} to {high})"
