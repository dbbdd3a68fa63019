"""What earlier refreshes predicted and what came: the ledger's scorecard on the Trust page."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashapp import written
from dashapp.store.facts import Facts
from dashapp.web import format as fmt
from dashapp.web.components import facts as shown
from dashapp.web.components import states
from dashapp.web.components.basics import data_table

TITLE = "Predicted and what came"
HINT = (
    "Customers known at the time of the prediction, net sales without discount. The interval of a total comes from the "
    "uncertainty of the parameters and of what customers do; it holds 80 % if the model is right."
)


def card(frame: pd.DataFrame, facts: Facts) -> Component:
    """frame: one row per prediction, newest first, as the question trust_scorecard gives it."""
    rows = frame.to_dict("records")
    compared = [row for row in rows if row["status"] == "compared"]
    told = [
        html.P(f"{_day(row['predicted_on'])}: {written.local(row['note'])}", className="hint")
        for row in rows
        if row["note"]
    ]
    if not compared:
        return shown.card(TITLE, _nothing_yet(rows), *told)
    best = max(compared, key=lambda row: (row["days"], row["predicted_on"]))
    table = data_table(pd.DataFrame([_cells(row, facts) for row in compared]), TITLE)
    return shown.card(
        TITLE, html.P(sentence(best, facts), className="narrative"), table, *told, hint=written.local(HINT)
    )


def sentence(row: dict[Any, Any], facts: Facts) -> str:
    """The prediction and the outcome in one line."""
    begin = pd.Timestamp(row["predicted_on"]) + pd.Timedelta(days=1)
    end = begin + pd.Timedelta(days=row["days"] - 1)
    when = f"for {_day(begin)} to {_day(end)}"
    if fmt.known(row["value"]):
        found = _money(row, facts)
        return f"Predicted {found['predicted']} {when}, came {found['came']}."
    predicted = _between(*(fmt.number(row[name]) for name in ("purchases", "purchases_low", "purchases_high")))
    return f"Predicted {predicted} purchases {when}, came {fmt.number(row['actual_purchases'])}."


def _nothing_yet(rows: list[dict[Any, Any]]) -> Component:
    waiting = [row["first_comparison"] for row in rows if row["status"] == "too_early"]
    when = f"First comparison on {_day(min(waiting))}." if waiting else ""
    return states.insufficient(
        f"No prediction is old enough to be compared with what came. {when}".strip(),
        "Refresh with data up to that day or later.",
    )


def _cells(row: dict[Any, Any], facts: Facts) -> dict[str, str]:
    money = _money(row, facts) if fmt.known(row["value"]) else {"predicted": fmt.NOTHING, "came": fmt.NOTHING}
    counts = (fmt.number(row[name]) for name in ("purchases", "purchases_low", "purchases_high"))
    return {
        "Predicted on": _day(row["predicted_on"]),
        "Days passed": f"{row['days']} of {row['horizon_days']}",
        "Customers": fmt.number(row["customers"]),
        "Money predicted": money["predicted"],
        "Money that came": money["came"],
        "Off by": fmt.signed_percent(row["error_pct"] / 100) if fmt.known(row["error_pct"]) else fmt.NOTHING,
        "Purchases predicted": _between(*counts),
        "Purchases that came": fmt.number(row["actual_purchases"]),
        "Inside their 80 % interval": fmt.percent(row["inside_share"])
        if fmt.known(row["inside_share"])
        else fmt.NOTHING,
    }


def _money(row: dict[Any, Any], facts: Facts) -> dict[str, str]:
    said = [
        fmt.money(row[name], facts.currency) if fmt.known(row[name]) else fmt.NOTHING
        for name in ("value", "value_low", "value_high", "actual_value")
    ]
    return {"predicted": _between(*said[:3]), "came": said[3]}


def _between(value: str, low: str, high: str) -> str:
    """
    >>> _between("412k", "380k", "445k"), _between("412k", "–", "–")
    ('412k (380k to 445k)', '412k')
    """
    return value if fmt.NOTHING in (low, high) else f"{value} ({low} to {high})"


def _day(value: Any) -> str:
    """
    >>> _day("2024-06-03")
    '3 Jun 2024'
    """
    day = pd.Timestamp(value)
    return f"{day.day} {day:%b %Y}"
