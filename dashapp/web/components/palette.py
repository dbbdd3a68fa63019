"""Search or jump to: one box for pages, saved views, customers and products that the reader may open.

The dialog is drawn by assets/59-palette.js, which knows the actions; here is what the server finds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from dash import ClientsideFunction, Input, Output, dcc, html
from dash.development.base_component import Component

from dashapp.errors import TenureError
from dashapp.services import palette
from dashapp.services.access import Principal
from dashapp.services.palette import MOST, Hit
from dashapp.web import asof
from dashapp.web.components.basics import attrs, icon
from dashapp.web.components.ids import ids

if TYPE_CHECKING:
    from dashapp.services.services import Services
    from dashapp.store.views import View
    from dashapp.web.door import Door
    from dashapp.web.frame import Frame

DIALOG, ASKED, FOUND, DRAWN = ids("palette", "dialog", "asked", "found", "drawn")
MAX_TEXT = 100


def entry() -> Component:
    """The button in the top bar."""
    words = [
        html.Span("Search or jump to…", className="palette-words"),
        html.Kbd("Ctrl K", **attrs(aria_hidden="true")),
    ]
    return html.Button(
        [icon("search"), *words],
        type="button",
        className="palette-entry",
        **attrs(data_action="palette", aria_haspopup="dialog", aria_keyshortcuts="Control+K"),
    )


def layout() -> list[Component]:
    """The empty dialog and the stores the browser and the server meet in."""
    dialog = html.Dialog(id=DIALOG, className="palette", **attrs(aria_label="Search or jump to"))
    return [dialog, dcc.Store(id=ASKED), dcc.Store(id=FOUND), dcc.Store(id=DRAWN)]


def find(frame: Frame, services: Services, reader: Principal, asked: Any) -> dict[str, Any]:
    """What the text may mean: groups of title, hint and address. The text goes back, so that a late answer is seen."""
    text = asked["text"] if isinstance(asked, dict) and isinstance(asked.get("text"), str) else ""
    text = text[:MAX_TEXT].strip()
    groups = {
        "Pages": _pages(frame, reader, text),
        "Saved views": _views(frame, services, reader, text),
        "Customers": _known(lambda: _customers(services, reader, text)),
        "Products": _known(lambda: _products(frame, services, reader, text)),
    }
    return {"text": text, "groups": [{"title": title, "rows": rows[:MOST]} for title, rows in groups.items() if rows]}


def _pages(frame: Frame, reader: Principal, text: str) -> list[dict[str, str]]:
    visible = [page for page in frame.pages if not page.has_variables and reader.may(page.permission)]
    return [
        _line(page.title, page.group.capitalize(), page.path)
        for page in visible
        if text.casefold() in page.title.casefold()
    ]


def _views(frame: Frame, services: Services, reader: Principal, text: str) -> list[dict[str, str]]:
    def line(view: View) -> dict[str, str] | None:
        page = frame.open_to(view.path, reader)
        return _line(view.name, page.title, view.href) if page else None

    known = services.views.seen(reader) if text else services.views.for_home(reader)
    return [found for view in known if text.casefold() in view.name.casefold() and (found := line(view))]


def _customers(services: Services, reader: Principal, text: str) -> list[dict[str, str]]:
    hits = palette.customers(asof.shown(services), text, reader, services.journal)
    return [_named(hit, f"/customers/{quote(hit.id, safe='')}") for hit in hits]


def _products(frame: Frame, services: Services, reader: Principal, text: str) -> list[dict[str, str]]:
    """To the product's own page where there is one, else to its buyers."""
    if frame.open_to("/products", reader) is None:
        return []
    own = frame.open_to("/products/x", reader) is not None
    place = "/products/{}" if own else "/customers?product={}"
    hits = palette.products(asof.shown(services), text)
    return [_named(hit, place.format(quote(hit.id, safe=""))) for hit in hits]


def _named(hit: Hit, href: str) -> dict[str, str]:
    return _line(hit.name, hit.id, href) if hit.name else _line(hit.id, "", href)


def _line(title: str, hint: str, href: str) -> dict[str, str]:
    return {"title": title, "hint": hint, "href": href}


def _known(rows: Callable[[], list[dict[str, str]]]) -> list[dict[str, str]]:
    """Nothing where there are no data, or none of the kind in an old snapshot: the rest is found all the same."""
    try:
        return rows()
    except TenureError:
        return []


def wire(door: Door, frame: Frame, services: Services) -> None:
    @door.callback(Output(FOUND, "data"), Input(ASKED, "data"), requires="home:read", prevent_initial_call=True)
    def _(asked: Any) -> dict[str, Any]:
        return find(frame, services, door.principal(), asked)

    door.clientside(ClientsideFunction("tenure_palette", "show"), Output(DRAWN, "data"), Input(FOUND, "data"))
