"""The named groups by recency, frequency and money: one tile each with a measure, its change, meaning and play."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashapp.charts.kit.theme import SEGMENT_COLORS
from dashapp.domain.filters import Filters
from dashapp.domain.segment_groups import GROUPS, PROSPECTS, Group
from dashapp.domain.vocabulary import SEGMENTS, Basis
from dashapp.services import charting
from dashapp.store.facts import Facts
from dashapp.store.metrics import MISSING
from dashapp.store.snapshot import Snapshot
from dashapp.web import format as fmt
from dashapp.web.components import facts as shown
from dashapp.web.components import states
from dashapp.web.components.basics import data_table, link
from dashapp.web.components.funnel import of_question
from dashapp.web.components.segment_tabs import of_segment


@dataclass(frozen=True, slots=True)
class Measure:
    """What the tiles show."""

    label: str
    column: str
    write: Callable[[Any, str], str]
    "Value and currency to words."
    previous: str = ""
    "Column of the earlier value; empty where none is kept."
    is_days: bool = False
    meaning: str = ""
    "What it is and how it is computed."


MEASURES = {
    "customers": Measure("Customers", "customers", lambda value, _: fmt.number(value), "previous_customers",
                         meaning="in the group today, by the scores of everybody."),
    "value": Measure("Sales of the period", "value", fmt.money, "previous_value",
                     meaning="sum of their sales of the period less refunds, by the value basis chosen."),
    "clv": Measure("Predicted CLV", "clv", fmt.money,
                   meaning="sum of their predicted value in the horizon, discounted, times the gross margin."),
    "days": Measure(
        "Mean days since last order", "days_since_last_order", lambda value, _: fmt.days(value),
        "previous_days_since_last_order", is_days=True,
        meaning="mean of the days from each one's latest purchase to the last day of the data.",
    ),
}  # fmt: skip
FIRST = "customers"


def show(snapshot: Snapshot, filters: Filters, chosen: Any) -> list[Any]:
    """The tiles, and what they are compared with."""
    measure = MEASURES.get(chosen, MEASURES[FIRST]) if isinstance(chosen, str) else MEASURES[FIRST]
    if measure.column == "value" and not snapshot.facts.has_orders:
        return [states.unavailable(MISSING["orders"]), ""]
    if measure.column == "value" and filters.basis is Basis.GROSS_MARGIN and not snapshot.facts.has_costs:
        text = "Gross margin is not available, because no product costs were loaded."
        return [states.unavailable(text, "Load unit costs, or choose another value basis."), ""]
    frame = snapshot.frame("segment_groups", filters)
    if frame.empty or not frame["customers"].sum():
        return [states.empty("No identified customer in this view.", "Remove a filter."), ""]
    compared = charting.view(snapshot, filters).comparison is not None and bool(frame["as_of"].notna().all())
    rows = frame.set_index("segment")
    tiles = [_tile(name, rows, measure, filters, snapshot.facts, compared=compared) for name in SEGMENTS]
    return [html.Ul([*tiles, _prospects()], className="group-tiles"), _compared_with(frame, measure, compared)]


def _tile(
    name: str, rows: pd.DataFrame, measure: Measure, filters: Filters, facts: Facts, *, compared: bool
) -> Component:
    row = rows.loc[name] if name in rows.index else pd.Series({"customers": 0, "value": 0})
    value = row.get(measure.column)
    was = row.get(measure.previous) if compared and measure.previous else None
    share = f"{fmt.percent(row['customers'] / rows['customers'].sum())} of customers"
    group = GROUPS[name]
    head = html.H3(link(name, of_segment(filters, name)))
    words = [
        html.P(measure.write(value, facts.currency), className="tile-value"),
        html.P([share, *_change(value, was, measure, facts.currency)], className="tile-change"),
    ]
    return html.Li([head, *words, *_meaning(group)], className="group-tile", style={"--tile": SEGMENT_COLORS[name]})


def _change(value: Any, was: Any, measure: Measure, currency: str) -> list[str]:
    if not fmt.known(value) or not fmt.known(was):
        return []
    if measure.is_days:
        change = float(value) - float(was)
        return [f" · {'+' if change >= 0 else fmt.MINUS}{fmt.number(abs(change))} days"]
    change_words = fmt.delta(float(value), float(was))
    return [f" · {change_words} from {measure.write(was, currency)}" if change_words != fmt.NOTHING else ""]


def _meaning(group: Group) -> list[Component]:
    return [
        html.P(group.definition, className="hint"),
        html.P([html.Strong("Play: "), group.play], className="tile-play"),
    ]


def _prospects() -> Component:
    unknown = html.P("The data hold buyers only, so nobody can be counted here.", className="tile-change")
    return html.Li(
        [html.H3("Prospects"), html.P(fmt.NOTHING, className="tile-value"), unknown, *_meaning(PROSPECTS)],
        className="group-tile",
    )


def _compared_with(frame: pd.DataFrame, measure: Measure, compared: bool) -> str:
    if not compared:
        return "No change is shown: there is no comparison, or it was not observed from its first day."
    if not measure.previous:
        return "No change is shown: predictions of earlier days are not kept."
    day = fmt.day(frame["as_of"].iloc[0])
    if measure.column == "value":
        return f"Change: against the sales in the comparison of those who were in the group on {day}."
    return f"Change: against {day}, the month end at or before the comparison's last day, by the same rules."


def thresholds(snapshot: Snapshot) -> Component:
    """From where to where each score reaches, today and for everybody."""
    frame, currency = snapshot.frame("rfm_thresholds"), snapshot.facts.currency
    table = pd.DataFrame(
        {
            "Score": frame["score"].astype(int).astype(str),
            "Days since last order": _spans(frame, "days", lambda value: fmt.number(value)),
            "Orders": _spans(frame, "orders", lambda value: fmt.number(value)),
            "Net sales so far": _spans(frame, "sales", lambda value: fmt.amount(value, currency)),
        }
    )
    hint = "Fifths of all customers by rank, equal values alike; frequency and money is their mean, halves rounded up."
    told = data_table(table, "What the scores 5 to 1 mean in these data")
    return shown.card("Thresholds", told, hint=hint, heeds=of_question("rfm_thresholds"))


def _spans(frame: pd.DataFrame, name: str, write: Callable[[Any], str]) -> list[str]:
    pairs = zip(frame[f"{name}_low"], frame[f"{name}_high"], strict=True)
    return [_span(low, high, write) for low, high in pairs]


def _span(low: Any, high: Any, write: Callable[[Any], str]) -> str:
    if pd.isna(low):
        return "nobody"
    return write(low) if low == high else f"{write(low)} to {write(high)}"
