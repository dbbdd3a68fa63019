"""The products list as a grid that never holds the list: blocks of rows come from the server, already sorted."""

from __future__ import annotations

from typing import Any

import dash_ag_grid as dag
from dash.development.base_component import Component

from dashapp.web.components.customer_grid import BLOCK_ROWS

_WORDS = {
    "money": "tenureMoney(params.value)",
    "count": "tenureNumber(params.value, 0)",
    "date": "tenureDay(params.value)",
}


def _column(field: str, title: str, kind: str, width: int, tip: str = "", **more: Any) -> dict[str, Any]:
    column: dict[str, Any] = {"field": field, "colId": field, "headerName": title, "width": width}
    if tip:
        column["headerTooltip"] = tip
    if kind in ("money", "count", "share"):
        column["type"] = "rightAligned"
    if kind == "share":
        column["cellRenderer"] = "TenureShare"
    if kind in _WORDS:
        column["valueFormatter"] = {"function": _WORDS[kind]}
    return column | more


COLUMNS = (
    _column("product_name", "Product", "text", 230, pinned="left", tooltipField="product_name"),
    _column("product_id", "Code", "text", 110),
    _column("category", "Category", "text", 130),
    _column("stage", "Stage", "text", 190, "Where the product stands in its life", tooltipField="reason"),
    _column("stage_probability", "Probability", "share", 140, "Share of resampled curves or trends in that stage"),
    _column("net_sales", "Net sales", "money", 140, "Sales less returns, all observed days"),
    _column("units", "Units", "count", 110, "Pieces sold less pieces returned"),
    _column("gross_margin", "Gross margin", "money", 140, "Net sales less cost of goods; blank without costs"),
    _column("buyers", "Buyers", "count", 110, "Identified customers who bought it"),
    _column("repeat_rate", "Repeat rate", "share", 140, "Buyers who bought it on two days or more"),
    _column("first_purchase_share", "First purchase", "share", 150, "Buyers who had it on their first purchase day"),
    _column("return_rate", "Return rate", "share", 140, "Pieces returned of pieces sold"),
    _column("last_sold_on", "Last sold", "date", 130),
)
"In order; the first stays in view. Every column sorts."
DEFAULT_SORT = "net_sales"


def product_grid(grid_id: str) -> Component:
    """The grid, best sellers first."""
    drawn: Component = dag.AgGrid(
        id=grid_id,
        rowModelType="infinite",
        columnDefs=[column | ({"sort": "desc"} if column["field"] == DEFAULT_SORT else {}) for column in COLUMNS],
        defaultColDef={"sortable": True, "resizable": True, "minWidth": 90, "sortingOrder": ["desc", "asc"]},
        getRowId="params.data.product_id",
        dashGridOptions={
            "cacheBlockSize": BLOCK_ROWS,
            "maxBlocksInCache": 20,
            "maxConcurrentDatasourceRequests": 1,
            "infiniteInitialRowCount": 1,
            "rowHeight": 38,
            "headerHeight": 40,
            "tooltipShowDelay": 300,
            "theme": {"function": "tenureGridTheme(themeQuartz)"},
        },
        className="customer-grid",
        style={"height": "min(60vh, 560px)"},
    )
    return drawn
