"""The cohort matrix of the Retention page: its controls, the table with cost and payback, and who has not paid back.

The cells travel as text in one attribute and are drawn by assets/55-cohorts.js (docs/adr/0004). Every cohort and every
cell of it leads to the customers of that cohort; the arrow keys walk through the table.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any
from urllib.parse import urlencode

import pandas as pd
from dash import Input, Output, html
from dash.development.base_component import Component

from dashapp import written
from dashapp.charts.channel_performance import NO_MARGIN, NO_SPEND
from dashapp.charts.chart import Figure
from dashapp.charts.kit.paid_cohorts import PaidCohort, cost_of, label_of, paid_cohorts, starts_of, together
from dashapp.domain.cohort_view import WORDS, CohortView
from dashapp.domain.filters import CHOICES, Filters
from dashapp.domain.listing import Limits, Listing
from dashapp.domain.payback import Payback
from dashapp.domain.ranges import Period
from dashapp.domain.validity import Validity
from dashapp.domain.vocabulary import Basis
from dashapp.services import charting
from dashapp.services.showing import TableSpec
from dashapp.store.facts import Facts
from dashapp.store.metrics import MISSING, NOT_VALID
from dashapp.store.snapshot import Snapshot
from dashapp.web import format as fmt
from dashapp.web.components import facts as shown
from dashapp.web.components import states
from dashapp.web.components.basics import attrs, disclosure, link, select
from dashapp.web.components.cohort_cells import Row, rows_of
from dashapp.web.components.cohort_picture import LEGEND, picture
from dashapp.web.components.cohort_words import matrix, unit_words
from dashapp.web.components.export_menu import table_menu
from dashapp.web.components.funnel import of_question
from dashapp.web.components.ids import ids
from dashapp.web.components.kept import kept

MATRIX, UNPAID, NOTES = ids("cohorts", "matrix", "unpaid", "notes")
CONTROLS = dict(zip(WORDS, ids("cohorts", *WORDS), strict=True))
MOST_COHORTS, MOST_COHORTS_SPLIT, MOST_GROUPS = 36, 12, 6
NAMED = 12
"More cohorts that have not paid back are counted, not listed."
COST_KNOWS = {"channel"}
"Choices that spend can be split by."
DEFINITION = (
    "Customers by the month (or quarter) of their first purchase; M1 is the calendar month after it. The row of all "
    "weighs customers and takes complete months only, in each column those who are that old. Cost is the marketing "
    "spend of the same months divided by all new customers of them: blended, or of one channel where cohorts are split "
    "by it or filtered; it is fully loaded only if wages, tools and agencies were loaded as spend. The payback cell is "
    "the first month by which the margin of a cohort reached its cost. Predicted cells hold 80 % bounds, for whole "
    "monthly cohorts and at most 6 months ahead."
)


def layout(**address: Any) -> Component:
    """The card with the controls as the address has them. Raises FilterError."""
    view = CohortView.from_query(address)
    usual = asdict(CohortView())
    chosen = [
        kept(name, select(CONTROLS[name], title, options, getattr(view, name)), usual[name])
        for name, (title, options) in WORDS.items()
    ]
    return shown.card(
        "Cohorts",
        disclosure("What is counted", html.P(written.local(DEFINITION))),
        html.Fieldset(
            [html.Legend("How cohorts are shown", className="visually-hidden"), *chosen],
            className="matrix-controls",
        ),
        html.Div(id=UNPAID),
        html.Div(id=MATRIX, className="cohort-matrix", **attrs(data_matrix="")),
        html.Div(id=NOTES, className="hint"),
        hint="Who comes back and what they bring, by when they first bought. Arrow keys walk through the cells, Enter "
        "opens the customers of the cohort",
        heeds=of_question("cohort_matrix"),
        menu=table_menu("retention", TABLE),
    )  # fmt: skip


def inputs() -> list[Input]:
    """The controls, in the order of the fields of CohortView."""
    return [Input(control, "value") for control in CONTROLS.values()]


def outputs() -> list[Output]:
    return [Output(MATRIX, "data-matrix"), Output(UNPAID, "children"), Output(NOTES, "children")]


def asked(values: tuple[Any, ...]) -> CohortView:
    """What the controls say. Raises FilterError."""
    return CohortView.from_query(dict(zip(WORDS, values, strict=True)))


def values(snapshot: Snapshot, filters: Filters, view: CohortView) -> list[Any]:
    """For `outputs`."""
    told = states.as_known(lambda: _drawn(snapshot, filters, view))
    return told if isinstance(told, list) else ["", [], told]


def _drawn(snapshot: Snapshot, filters: Filters, view: CohortView) -> list[Any]:
    facts = snapshot.facts
    if not facts.has_orders:
        return ["", [], states.unavailable(MISSING["orders"], "Cohorts are counted from orders.")]
    frame, cut = _newest(snapshot.frame("cohort_matrix", filters, split=view.group), view)
    if frame.empty:
        return ["", [], states.empty("No customer first bought in this view.", "Choose a longer period.")]
    if missing := _unknown(filters, view, facts):
        return ["", [], states.unavailable(*missing)]
    reason = _no_cost(filters, view, facts)
    costs = snapshot.frame("cohort_payback", filters, split=view.group) if not reason else frame[:0]
    paid = {(cohort.name, cohort.start): cohort for cohort in paid_cohorts(costs, view.by, view.ahead == "on")}
    rows = rows_of(frame, view, paid, filters.basis)
    hrefs = addresses(frame, filters, view, charting.view(snapshot, filters).period)
    told = matrix(rows, view, paid, _everyone(costs, paid), hrefs, filters.basis, facts.currency)
    kept = {(row.name, row.start) for row in rows}
    unpaid = [cohort for key, cohort in paid.items() if cohort.is_unpaid and key in kept]
    notes = [*cut, *_notes(rows, view, facts, reason)]
    return [json.dumps(told), behind(unpaid, hrefs, facts.currency, bool(paid)), [html.P(note) for note in notes]]


def frame_of(snapshot: Snapshot, filters: Filters, asked: Mapping[str, str]) -> pd.DataFrame:
    """The matrix the address asks for as plain numbers: a row per cohort, the cohorts and months of the screen."""
    view = CohortView.from_query(asked)
    rows, paid = _rows(snapshot, filters, view)
    unit = unit_words(view, filters.basis, snapshot.facts.currency)
    return pd.DataFrame([_numbers(row, paid, unit, view.group) for row in rows])


def picture_of(snapshot: Snapshot, filters: Filters, asked: Mapping[str, str]) -> Figure | None:
    """The matrix the address asks for as a heat map; None where nobody is in it."""
    view = CohortView.from_query(asked)
    rows, paid = _rows(snapshot, filters, view)
    return picture(rows, view, paid, unit_words(view, filters.basis, snapshot.facts.currency)) if rows else None


def _rows(
    snapshot: Snapshot, filters: Filters, view: CohortView
) -> tuple[list[Row], dict[tuple[str, date], PaidCohort]]:
    """The rows of the screen, and what is known of the cost of each cohort; none where it is not known at all."""
    if not snapshot.facts.has_orders or _unknown(filters, view, snapshot.facts):
        return [], {}
    frame, _ = _newest(snapshot.frame("cohort_matrix", filters, split=view.group), view)
    reason = _no_cost(filters, view, snapshot.facts)
    costs = snapshot.frame("cohort_payback", filters, split=view.group) if not reason and len(frame) else frame[:0]
    paid = {(cohort.name, cohort.start): cohort for cohort in paid_cohorts(costs, view.by, view.ahead == "on")}
    return rows_of(frame, view, paid, filters.basis), paid


def _numbers(row: Row, paid: Mapping[tuple[str, date], PaidCohort], unit: str, group: str) -> dict[str, Any]:
    cohort = paid.get((row.name, row.start)) if row.start else None
    told: dict[str, Any] = {group.capitalize(): row.name} if group else {}
    told |= {"Cohort": row.label, "New customers": row.customers, "Cost each": cohort.cost if cohort else None}
    told |= {"Share again": row.repeat, "Payback": cohort.payback.words() if cohort and cohort.payback else None}
    for cell in row.cells:
        told |= {f"M{cell.month}": cell.value}
    kinds = {kind: ", ".join(f"M{cell.month}" for cell in row.cells if cell.kind == kind) for kind in ("open", "ahead")}
    return told | {"Not complete": kinds["open"], "Predicted": kinds["ahead"], "Cells": unit}


TABLE = TableSpec(
    "cohorts", "Cohorts", "A row is a cohort, a column a month of its age", f"{DEFINITION} {LEGEND}", frame_of,
    picture=picture_of,
)  # fmt: skip


def _newest(frame: pd.DataFrame, view: CohortView) -> tuple[pd.DataFrame, list[str]]:
    """The largest groups and the newest cohorts of each, and a sentence where that is not all."""
    if frame.empty:
        return frame, []
    sizes = frame.drop_duplicates(["name", "cohort_month"]).groupby("name")["customers"].sum()
    largest = list(sizes.sort_values(ascending=False, kind="stable").index[:MOST_GROUPS])
    starts = starts_of(frame["cohort_month"], view.by)
    newest = sorted(starts.unique())[-(MOST_COHORTS_SPLIT if view.group else MOST_COHORTS) :]
    kept = frame[frame["name"].isin(largest) & starts.isin(newest)]
    told = [f"The {len(largest)} largest of {len(sizes)}."] if len(sizes) > len(largest) else []
    if starts.nunique() > len(newest):
        told.append(f"The newest {len(newest)} of {starts.nunique()} cohorts.")
    order = {name: place for place, name in enumerate(largest)}
    return kept.sort_values("name", key=lambda names: names.map(order), kind="stable"), told


def _unknown(filters: Filters, view: CohortView, facts: Facts) -> tuple[str, str] | None:
    """Why what is asked for is not known at all, and what to do."""
    has_margin = facts.has_costs or facts.gross_margin < 1
    if view.metric == "margin" and not has_margin:
        return "Margin is not known, because no product costs were loaded.", NO_MARGIN
    if view.metric in ("value", "aov") and filters.basis is Basis.GROSS_MARGIN and not facts.has_costs:
        return "Gross margin is not known, because no product costs were loaded.", "Choose another value basis."
    return None


def _no_cost(filters: Filters, view: CohortView, facts: Facts) -> str:
    """Why cost and payback are blank; empty when they are known."""
    if not facts.has_spend:
        return NO_SPEND
    if not (facts.has_costs or facts.gross_margin < 1):
        return NO_MARGIN
    chosen = [name for name in CHOICES if name not in {*COST_KNOWS, "cohort"} and getattr(filters, name)]
    if filters.cohort:
        chosen.append("first purchase")
    if view.group and view.group not in COST_KNOWS:
        chosen.append(f"the split by {view.group}")
    if not chosen:
        return ""
    return f"Cost and payback are blank: spend is known by day and channel only. Remove {' and '.join(chosen)}."


def _everyone(
    costs: pd.DataFrame, paid: Mapping[tuple[str, date], PaidCohort]
) -> dict[str, tuple[float | None, Payback | None]]:
    """Cost and payback of all cohorts of each group."""
    return {
        str(name): (cost_of(cohort for (group, _), cohort in paid.items() if group == name), together(part)[1])
        for name, part in (costs.groupby("name") if len(costs) else ())
    }


def addresses(frame: pd.DataFrame, filters: Filters, view: CohortView, period: Period) -> dict[tuple[str, date], str]:
    """Where the customers of each cohort are listed: under the same choices, by the months of their first purchase."""
    months = frame.assign(start=starts_of(frame["cohort_month"], view.by)).drop_duplicates(["name", "cohort_month"])
    found = {}
    for _, part in months.groupby(["name", "start"]):
        days = [month.date() for month in pd.to_datetime(part["cohort_month"]).sort_values()]
        query = {name: text for name, text in filters.to_query().items() if name in CHOICES}
        query |= {"cohort": "|".join(f"{day:%Y-%m}" for day in days)} | _cut(days, period)
        name = str(part["name"].iloc[0])
        query |= {view.group: name} if view.group else {}
        found[name, part["start"].iloc[0].date()] = f"/customers?{urlencode(query)}"
    return found


def _cut(months: list[date], period: Period) -> dict[str, str]:
    """Where the period begins or ends inside one of these months, the days that count."""
    last = (pd.Timestamp(months[-1]) + pd.offsets.MonthEnd(0)).date()
    if months[0] >= period.start and last <= period.end:
        return {}
    first, end = max(months[0], period.start), min(last, period.end)
    return Listing(limits=(Limits("first_order_date", first.isoformat(), end.isoformat()),)).to_query()


def behind(
    unpaid: list[PaidCohort], hrefs: Mapping[tuple[str, date], str], currency: str, has_cost: bool
) -> list[Component]:
    """The cohorts that have not paid back, the oldest first, each a link to its customers."""
    if not has_cost:
        return []
    if not unpaid:
        return [html.P("Every cohort whose cost is known has paid back.", className="matrix-paid")]
    ordered = sorted(unpaid, key=lambda cohort: (cohort.start, cohort.name))
    items = [html.Li(_one(cohort, hrefs, currency)) for cohort in ordered[:NAMED]]
    rest = len(ordered) - NAMED
    more = [html.P(f"And {rest} newer.", className="hint")] if rest > 0 else []
    title = f"Not paid back: {fmt.number(len(ordered))} {'cohort' if len(ordered) == 1 else 'cohorts'}"
    return [html.Section([html.H3(title), html.Ul(items), *more], className="matrix-unpaid")]


def _one(cohort: PaidCohort, hrefs: Mapping[tuple[str, date], str], currency: str) -> list[Any]:
    label = f"{cohort.name}, {cohort.label}" if cohort.name else cohort.label
    brought = fmt.money(cohort.brought[-1] if cohort.brought else None, currency)
    told = cohort.payback.words() if cohort.payback else ""
    return [
        link(label, hrefs[cohort.name, cohort.start]),
        f": cost {fmt.money(cohort.cost, currency)} each, brought {brought} so far; {told}",
    ]


def _notes(rows: list[Row], view: CohortView, facts: Facts, reason: str) -> list[str]:
    cells = {cell.kind for row in rows for cell in row.cells}
    first = facts.observed_from.replace(day=1)
    starts = {row.start for row in rows}
    told = [reason] if reason else []
    if first in starts or (view.by == "quarter" and _quarter(first) in starts):
        label = label_of(_quarter(first) if view.by == "quarter" else first, view.by)
        told.append(
            f"{label} holds everyone who bought before the data begin ({fmt.day(facts.observed_from)}), "
            "so its customers are not new and it is left out of payback."
        )
    if "open" in cells:
        told.append("* The month is not complete for everybody; it counts in no mean.")
    if "ahead" in cells:
        told.append(f"Hatched and in italics: predicted, with {fmt.percent(0.8, 0)} bounds in the words of the cell.")
    elif view.ahead == "on" and view.metric in ("value", "margin") and facts.validity == Validity.NOT_VALID:
        told.append(f"{NOT_VALID} {facts.validity_reason}")
    return told


def _quarter(month: date) -> date:
    return month.replace(month=3 * ((month.month - 1) // 3) + 1)
