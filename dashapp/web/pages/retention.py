"""/retention: who of the new customers comes back, when, what they have brought at equal age, and who will not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash import html
from dash.development.base_component import Component

from dashapp.domain.filters import CHOICES
from dashapp.web.components import churn
from dashapp.web.components.board import Board
from dashapp.web.page import Page

if TYPE_CHECKING:
    from dashapp.services.services import Services
    from dashapp.web.door import Door

BOARD = Board(
    "retention",
    (
        "new_customers",
        "repeat_rate",
        "one_time_share",
        "churn_rate",
        "expected_lost",
        "lapsed_share",
        "contract_churn_rate",
    ),
    {"cohort_payback": 12, "retention_curve": 12, "channel_performance": 12},
)


def layout(**_: Any) -> Component:
    return html.Div([BOARD.layout(), html.Div(churn.layout(), className="needs-compute")], className="page-stack")


def wire(door: Door, services: Services) -> None:
    BOARD.wire(door, services)
    churn.wire(door, services)


PAGE = Page(
    "/retention",
    "Retention",
    "overview:read",
    layout,
    wire,
    group="ANALYSE",
    order=17,
    icon="grid-3x3",
    filters=("period", "basis", *CHOICES),
)
