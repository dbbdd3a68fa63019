"""/retention: who of the new customers comes back, when, and what they have brought at equal age."""

from __future__ import annotations

from dashapp.domain.filters import CHOICES
from dashapp.web.components.board import Board
from dashapp.web.page import Page

BOARD = Board(
    "retention",
    ("new_customers", "repeat_rate", "one_time_share", "average_order_value"),
    {"cohort_matrix": 12, "retention_curve": 12, "cohort_since": 12, "cohort_value": 12},
)

PAGE = Page(
    "/retention",
    "Retention",
    "overview:read",
    BOARD.layout,
    BOARD.wire,
    group="ANALYSE",
    order=17,
    icon="grid-3x3",
    filters=("period", "basis", *CHOICES),
)
