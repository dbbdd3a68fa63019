"""/quality: how good the data is, what is wrong with it by the money it touches, and every rule it is held against."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from dash import Input, Output, dcc, html
from dash.development.base_component import Component

from dashapp.services.quality import READ, Desk
from dashapp.web.components import quality_desk as parts
from dashapp.web.components import states
from dashapp.web.components.basics import link
from dashapp.web.components.ids import ids
from dashapp.web.components.quality_words import Shop, shop_of
from dashapp.web.page import Page

if TYPE_CHECKING:
    from dashapp.services.services import Services
    from dashapp.web.door import Door

VIEW, BODY = ids("quality", "view", "body")


def layout(show: Any = "open", sort: Any = "money", **_: Any) -> Component:
    asked = {"show": known(show), "sort": known_sort(sort)}
    return html.Div([dcc.Store(id=VIEW, data=asked), html.Div(id=BODY, className="page-stack")])


def known(view: Any) -> str:
    """The view an address asks for; the open issues where it asks for nothing we have."""
    return view if isinstance(view, str) and view in parts.VIEWS else "open"


def known_sort(sort: Any) -> str:
    """The order an address asks for; by money where it asks for none we have."""
    return sort if isinstance(sort, str) and sort in parts.SORTS else "money"


def show(desk: Desk, view: str, shop: Shop, now: datetime, sort: str = "money") -> list[Any]:
    """Everything on the page, from one reading of the desk."""
    if not desk.runs:
        return [_nothing()]
    return [
        parts.stopped(desk, now),
        parts.headline(desk, shop, now),
        parts.score_cards(desk.runs, desk.scores),
        parts.queue(desk.tickets, view, shop, now, sort),
        parts.catalogue(desk, shop),
    ]


def _nothing() -> Component:
    action = link("Go to Data & runs", "/data", className="btn btn-primary")
    return states.unavailable(
        "No refresh has been checked yet.", "The next one shows here what its rules found.", action
    )


def wire(door: Door, services: Services) -> None:
    @door.callback(Output(BODY, "children"), Input(VIEW, "data"))
    def _(view: Any) -> list[Any]:
        desk, asked = services.quality.desk(door.principal()), view if isinstance(view, dict) else {}
        view, sort = known(asked.get("show")), known_sort(asked.get("sort"))
        return show(desk, view, shop_of(services.snapshots), services.clock(), sort)


PAGE = Page(
    "/quality", "Data quality", READ, layout, wire, group="OPERATE", order=55, icon="clipboard-check", is_now=True
)
