"""Lists as grids that never hold the list: blocks of rows come from the server, already sorted and filtered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_ag_grid as dag
from dash import html
from dash.development.base_component import Component

from dashapp.written import held

FILES = {"zip": "CSV", "xlsx": "XLSX"}
"What a list leaves as: the ending of the address and the word on the button."
BLOCK_ROWS = 100
_WORDS = {
    "money": "tenureMoney(params.value)",
    "count": "tenureNumber(params.value, 0)",
    "decimal": "tenureNumber(params.value, 1)",
    "date": "tenureDay(params.value)",
    "state": "tenureWord(params.value)",
}
"Functions of assets/dashAgGridFunctions.js and assets/53-lists.js and 54-customers.js."


def column(field: str, title: str, kind: str, width: int, **more: Any) -> dict[str, Any]:
    """A column; kind: text, state, date, money, count, decimal or share decides how its values are written."""
    found: dict[str, Any] = {"field": field, "colId": field, "headerName": title, "width": width}
    if kind not in ("text", "state", "date"):
        found["type"] = "rightAligned"
    if kind == "share":
        found["cellRenderer"] = "TenureShare"
    if kind in _WORDS:
        found["valueFormatter"] = {"function": _WORDS[kind]}
    return found | more


def explained(columns: Sequence[dict[str, Any]], meanings: Mapping[str, str]) -> tuple[dict[str, Any], ...]:
    """The columns with what they mean at their titles; `meanings` are those of the file of the same list."""
    return tuple(
        one | {"headerTooltip": held(meanings[one["field"]])} if one["field"] in meanings else one for one in columns
    )


def server_grid(
    grid_id: str, columns: Sequence[dict[str, Any]], row_id: str, height: str, order: tuple[str, bool], **more: Any
) -> Component:
    """The grid, and a line that says what the column in focus means (assets/54-columns.js).

    `row_id` names the column that tells rows apart, `order` the sorted one and whether it descends.
    """
    sort = "desc" if order[1] else "asc"
    drawn: Component = dag.AgGrid(
        id=grid_id,
        rowModelType="infinite",
        columnDefs=[one | {"sort": sort} if one["field"] == order[0] else one for one in columns],
        defaultColDef={
            "sortable": True,
            "resizable": True,
            "minWidth": 90,
            "suppressMovable": True,
            "sortingOrder": ["desc", "asc"],
        },
        getRowId=f"params.data.{row_id}",
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
        style={"height": height},
        **more,
    )
    meaning = html.P(className="hint column-meaning", role="status")
    return html.Div([drawn, meaning], className="server-grid")
