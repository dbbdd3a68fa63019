"""Two pictures small enough to be links: retention by cohort, and the RFM grid. A click leads to the whole of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashapp.charts import rfm_grid
from dashapp.charts.chart import Chart
from dashapp.charts.kit.cohorts import STEPS, cells_of
from dashapp.charts.kit.svg import tiles
from dashapp.charts.kit.theme import SEGMENT_COLORS
from dashapp.domain.filters import Filters
from dashapp.domain.vocabulary import Compare
from dashapp.services import charting
from dashapp.store.snapshot import Snapshot
from dashapp.web.components.basics import icon, link
from dashapp.web.components.funnel import headed
from dashapp.web.components.states import from_note

COHORTS, MONTHS = 8, 9
"Newest cohorts and first months after the purchase: as many as can be told apart."


def card(card_id: str, title: str, question: str, span: int = 6) -> Component:
    """The place of one of them, with the funnel of its question."""
    body = [headed(html.H2(title), question), html.Div(id=card_id)]
    return html.Section(body, className="card-plain mini-card", style={"--span": span})


def retention(snapshot: Snapshot, filters: Filters) -> Component:
    """The newest cohorts by month after the first purchase, as a link to the retention page."""
    alone = replace(filters, compare=Compare.NONE)
    frame = snapshot.frame("cohort_curve", alone)
    drawn = charting.draw("retention_curve", snapshot, alone)
    picture = snapshot.memory.answer((_cohorts, alone), lambda: _cohorts(frame)) if drawn.figure else ""
    return _linked(drawn, picture, "/retention", filters, "Open retention")


def segments(snapshot: Snapshot, filters: Filters) -> Component:
    """The 25 fields in the colours of their segments, as a link to the segments page."""
    frame = snapshot.frame("rfm_grid", filters)
    drawn = charting.draw("rfm_grid", snapshot, filters)
    picture = snapshot.memory.answer((_fields, filters), lambda: _fields(frame)) if drawn.figure else ""
    return _linked(drawn, picture, "/segments", filters, "Open segments")


def _linked(drawn: Chart, picture: str, path: str, filters: Filters, words: str) -> Component:
    if drawn.note:
        return from_note(drawn.note)
    address = f"{path}?{urlencode(filters.to_query())}".rstrip("?")
    image = html.Img(src=picture, alt="", className="mini-picture")
    return html.Div([link([image, html.Span([words, icon("arrow-right")])], address), html.P(drawn.summary)])


def _cohorts(frame: pd.DataFrame) -> str:
    cells = cells_of(frame, "active_customers", first_month=1)
    cells = cells[cells["is_complete"] & (cells["month_number"] <= MONTHS)]
    most = float(cells["each"].max()) or 1.0
    rows: dict[Any, dict[int, str]] = {}
    for cohort, month, share in zip(cells["cohort_month"], cells["month_number"], cells["each"], strict=True):
        rows.setdefault(cohort, {})[month] = _step(share / most)
    return tiles([[row[month] for month in sorted(row)] for _, row in sorted(rows.items())[-COHORTS:]])


def _step(share: float) -> str:
    return STEPS[min(int(share * len(STEPS)), len(STEPS) - 1)]


def _fields(frame: pd.DataFrame) -> str:
    names = {(row.r_score, row.fm_score): str(row.segment) for row in frame.itertuples()}
    return tiles([[SEGMENT_COLORS.get(names.get((r, fm), ""), "") for fm in sorted(rfm_grid.SCORES)]
                  for r in rfm_grid.SCORES])  # fmt: skip
