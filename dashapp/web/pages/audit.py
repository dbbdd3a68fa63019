"""/audit: the customer base through five lenses, and how its value got from the refresh before to this one.

The lenses are those of Fader, Hardie & Ross, The Customer-Base Audit (2022): one period, two periods, one cohort over
its life, cohorts at equal age, everything together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dash import html
from dash.development.base_component import Component

from dashapp.services.showing import Showing
from dashapp.web.components.board import Board
from dashapp.web.page import ALL_FILTERS, Page

if TYPE_CHECKING:
    from dashapp.services.services import Services
    from dashapp.web.door import Door


@dataclass(frozen=True, slots=True)
class Lens:
    """One way to look at the base: a heading, one sentence on what it shows, and a board."""

    title: str
    sentence: str
    board: Board

    def layout(self) -> Component:
        words = html.H2(self.title, className="page-section"), html.P(self.sentence, className="lens-sentence")
        return html.Section([*words, self.board.layout()])


LENSES = (
    Lens(
        "1 · One period",
        "How different the customers of one period are: how many bought again, and how much hangs on the best of them.",
        Board("audit-one", ("active_customers", "repeat_rate", "average_order_value", "net_sales"),
              {"value_deciles": 6, "concentration": 6}),
    ),
    Lens(
        "2 · This period against the one before",
        "Why the money changed: whose it was, and whether customers, their orders or what they spent on them moved.",
        Board("audit-two", (), {"revenue_bridge": 6, "revenue_drivers": 6}),
    ),
    Lens(
        "3 · One cohort over its life",
        "Read a row: which share of the customers won in a month bought again in each month after it.",
        Board("audit-cohort", (), {"cohort_matrix": 12}),
    ),
    Lens(
        "4 · Cohorts at equal age",
        "Read a column: whether newer customers are worth more or less than older ones were at the same age.",
        Board("audit-age", (), {"cohort_value": 12}),
    ),
    Lens(
        "5 · Everything together",
        "What each cohort brings to the whole over time, and how much the business lives on customers it has just won.",
        Board("audit-whole", (), {"cohort_stack": 8, "new_dependence": 4}),
    ),
    Lens(
        "Value of the base",
        "What the customers of today are predicted to bring, what future ones would add, and what changed.",
        Board("audit-equity", (), {"customer_equity": 12, "equity_bridge": 12}),
    ),
)  # fmt: skip


SHOWS = Showing(
    tuple(name for lens in LENSES for name in lens.board.metrics),
    tuple(name for lens in LENSES for name in lens.board.cards),
    compares=True,
)


def layout(**_: Any) -> Component:
    return html.Div([lens.layout() for lens in LENSES])


def wire(door: Door, services: Services) -> None:
    for lens in LENSES:
        lens.board.wire(door, services)


PAGE = Page(
    "/audit",
    "Audit",
    "overview:read",
    layout,
    wire,
    group="ANALYSE",
    order=19,
    icon="clipboard-data",
    filters=ALL_FILTERS,
    shows=SHOWS,
)
