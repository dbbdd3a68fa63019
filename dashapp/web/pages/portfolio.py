"""/portfolio: how value is spread over the customers and on how few it hangs, what goes with staying, what comes."""

from __future__ import annotations

from dashapp.web.components.board import Board
from dashapp.web.page import ALL_FILTERS, Page

BOARD = Board(
    "portfolio",
    ("average_clv", "median_clv", "top_decile_clv", "one_time_share"),
    {
        "value_deciles": 12,
        "concentration": 6,
        "concentration_trend": 6,
        "relationship_strength": 12,
        "forecast_by_channel": 6,
        "forecast_by_country": 6,
    },
)

PAGE = Page(
    "/portfolio",
    "Portfolio",
    "overview:read",
    BOARD.layout,
    BOARD.wire,
    group="ANALYSE",
    order=15,
    icon="pie-chart",
    filters=ALL_FILTERS,
    shows=BOARD.shows,
)
