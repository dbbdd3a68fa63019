"""Two pictures small enough to be links: retention by cohort, and the RFM grid. A click leads to the whole of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlencode

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashapp.charts import catalogue, rfm_grid
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
    frame = snapshot.frame("cohort_curve", replace(filters, compare=Compare.NONE))
    drawn = catalogue.chart("retention_curve").build(frame, charting.view(snapshot, filters))
    return _linked(drawn, _cohorts, frame, "/retention", filters, "Open retention")


def segments(snapshot: Snapshot, filters: Filters) -> Component:
    """The 25 fields in the colours of their segments, as a link to the segments page."""
    frame = snapshot.frame("rfm_grid", filters)
    drawn = rfm_grid.build(frame, charting.view(snapshot, filters))
    return _linked(drawn, _fields, frame, "/segments", filters, "Open segments")


def _linked(drawn: Chart, picture: Callable[[pd.DataFrame], str], frame: pd.DataFrame, path: str, filters: Filters,
            words: str) -> Component:  # fmt: skip
    if drawn.note:
        return from_note(drawn.note)
    address = f"{path}?{urlencode(filters.to_query())}".rstrip("?")
    image = html.Img(src=picture(frame), alt="", className="mini-picture")
    return html.Div([link([image, html.Span([words, icon("arrow-right")])], address), html.P(drawn.summary)])


def _cohorts(frame: pd.DataFrame) -> str:
    cells = cells_of(frame, "active_customers", first_month=1)
    cells = cells[cells["is_complete"] & (cells["month_number"] <= MONTHS)]
    newest = sorted(cells["cohort_month"].unique())[-COHORTS:]
    most = float(cells["each"].max()) or 1.0
    wide = cells.pivot_table(index="cohort_month", columns="month_number", values="each").reindex(newest)
    return tiles([[_step(value / most) for value in row if pd.notna(value)] for row in wide.to_numpy().tolist()])


def _step(share: float) -> str:
    return STEPS[min(int(share * len(STEPS)), len(STEPS) - 1)]


def _fields(frame: pd.DataFrame) -> str:
    names = {(row.r_score, row.fm_score): str(row.segment) for row in frame.itertuples()}
    return tiles([[SEGMENT_COLORS.get(names.get((r, fm), ""), "") for fm in sorted(rfm_grid.SCORES)]
                  for r in rfm_grid.SCORES])  # fmt: skip
