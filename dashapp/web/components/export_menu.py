"""The menu "Export page" in the heading: the page as a workbook, at once, or as a PDF, printed in the background.

One menu is on a page at a time, so its ids and its callback are the same everywhere; the browser tells which page and
which address it stands on (assets/58-export.js).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from dash import ClientsideFunction, Input, Output, dcc, html, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashapp.domain.filters import Filters
from dashapp.errors import InputError, TenureError
from dashapp.services import page_pdf
from dashapp.services.access import require
from dashapp.services.card_files import Asked
from dashapp.services.export_desk import ORDERED, Leaving
from dashapp.services.showing import OF, TableSpec
from dashapp.web import asof, identity, printed
from dashapp.web.background import Computation, Plan
from dashapp.web.components.basics import attrs, disclosure, icon, link
from dashapp.web.components.computing import moved
from dashapp.web.components.ids import ids
from dashapp.web.components.stored import size
from dashapp.web.page import Page

if TYPE_CHECKING:
    from dashapp.services.services import Services
    from dashapp.web.door import Door

GO, STOP, ASKED, READY, OPENED, BOX, BAR, FILL, STEP, MESSAGE = ids(
    "export-page", "go", "stop", "asked", "ready", "opened", "box", "bar", "fill", "step", "message"
)


def menu(page: Page) -> list[Component]:
    """The menu of a page whose cards can be exported; nothing for others."""
    if page.shows is None:
        return []
    one = attrs(data_of="path") if page.has_variables else {}
    book = html.Button(
        [icon("filetype-xlsx"), "Workbook (XLSX)"],
        type="button",
        className="menu-item",
        **attrs(data_export_page=page.name),
        **one,
    )
    pdf = html.Button(
        [icon("file-earmark-arrow-down"), "PDF"],
        id=GO,
        type="button",
        className="menu-item",
        **attrs(data_page=page.name),
        **one,
    )
    files = link([icon("clock-history"), "My exports"], "/exports", className="menu-item")
    parts = [book, pdf, _progress(), files, *(dcc.Store(id=store) for store in (ASKED, READY, OPENED))]
    return [disclosure("Export page", parts, className="popover-end menu export-menu needs-exports")]


def table_menu(page: str, spec: TableSpec, *, has_figure: bool = False) -> Component:
    """The menu of what is no chart of a question: its rows, and its figure, as a file under the address as it is."""
    pictures = (("png", "Image (PNG)"), ("svg", "Vector (SVG)")) if has_figure else ()
    images = [
        html.Button([icon("download"), label], type="button", className="menu-item", **attrs(data_export=kind))
        for kind, label in pictures
    ]
    drawn = (("png", "Image (PNG)"), ("svg", "Vector (SVG)")) if spec.picture else ()
    kinds = (*drawn, ("zip", "Data (CSV)"), ("xlsx", "Workbook (XLSX)"))
    items = [
        html.Button(
            [icon("download"), label], type="button", className="menu-item needs-exports",
            **attrs(data_export_table=f"{page}/{spec.name}.{kind}"),
        )
        for kind, label in kinds
    ]  # fmt: skip
    return disclosure(f"Export {spec.title}", [*images, *items], "three-dots", "popover-end menu")


def _progress() -> Component:
    now = attrs(aria_label="Making the PDF", aria_valuemin="0", aria_valuemax="100", aria_valuenow="0")
    filling = html.Div(className="progress-bar", style={"width": "0%"}, id=FILL)
    cancel = html.Button("Cancel", id=STOP, type="button", className="btn btn-outline btn-small", disabled=True)
    bar = html.Div(filling, id=BAR, className="progress", role="progressbar", **now)
    box = html.Div([bar, html.P(id=STEP, className="hint"), cancel], id=BOX, hidden=True)
    told = html.P(id=MESSAGE, role="status", className="export-message", **attrs(aria_live="polite"))
    return html.Div([box, told], className="export-progress")


def _show(result: dict[str, Any]) -> Sequence[Any]:
    href = f"/exports/{result['id']}"
    return [["Ready: ", html.A(result["name"], href=href), f" ({size(result['bytes'])})"], href]


def _failed(error: TenureError) -> Sequence[Any]:
    return [error.sentence(), no_update]


PRINTED = Computation("page-pdf", page_pdf.FUNCTION, _show, _failed, moved)


def wire(door: Door, services: Services, pages: Sequence[Page]) -> None:
    """The one callback of the menu, and the browser's part before and after it."""
    bar = [Output(FILL, "style"), Output(BAR, "aria-valuenow"), Output(STEP, "children")]

    @door.background(
        Output(MESSAGE, "children"), Output(READY, "data"), Input(ASKED, "data"), requires="exports:run",
        cancel=[Input(STOP, "n_clicks")],
        running=[(Output(GO, "disabled"), True, False), (Output(STOP, "disabled"), False, True),
                 (Output(BOX, "hidden"), False, True)],
        **PRINTED.options(progress=bar),
    )  # fmt: skip
    @PRINTED.planned
    def _(asked: Any) -> Plan:
        if not asked:
            raise PreventUpdate
        return plan(services, pages, asked)

    door.clientside(
        ClientsideFunction("tenure_export", "ask"), Output(ASKED, "data"), Input(GO, "n_clicks"),
        prevent_initial_call=True,
    )  # fmt: skip
    door.clientside(
        ClientsideFunction("tenure_export", "open"), Output(OPENED, "data"), Input(READY, "data"),
        prevent_initial_call=True,
    )  # fmt: skip


def plan(services: Services, pages: Sequence[Page], asked: Any) -> Plan:
    """What is to be printed: drawn here, as every redraw is. asked: `page`, a name, and `search` of the address.

    Raises InputError, NotAllowed, Throttled.
    """
    name, search = (str(asked.get(key, "")) if isinstance(asked, dict) else "" for key in ("page", "search"))
    page, reader = exported(pages, name), identity.principal()
    require(reader, page.permission)
    asof.heed_search(search)
    address = dict(parse_qsl(search.removeprefix("?"))) | {OF: str(asked.get(OF, ""))}
    view = view_of(page, address, services)
    assert page.shows is not None
    before, flags = asof.before(services, view.filters), partial(services.annotations.flags, reader)
    shown = page.shows.cards(view.snapshot, view.filters, before, address, flags)
    leaving = Leaving(f"{name}.pdf", shown.rows, view.snapshot.id, view.filters.sentence(view.until), search)
    services.exports.note(leaving, reader, event=ORDERED)
    arguments = {
        "document": printed.document(page, shown, view),
        "owner": reader.user_id,
        "name": view.name(name, "pdf"),
    }
    return Plan(arguments, view.snapshot.id)


def view_of(page: Page, query: Mapping[str, Any], services: Services) -> Asked:
    """The view of a page that a query names; a page without filters has only one. Raises FilterError, NotFound."""
    of = str(query.get(OF, "")) if page.has_variables else ""
    if page.check:
        page.check(services, **{page.path.partition("<")[2].rstrip(">"): of})
    filters = Filters.from_query(query) if page.filters else Filters()
    who, at = identity.principal().user_name, services.clock()
    return Asked(asof.shown(services), filters, who, at, of, compares="compare" in page.filters)


def exported(pages: Sequence[Page], name: str) -> Page:
    """The page of that name. Raises InputError where there is none with cards."""
    for page in pages:
        if page.name == name and page.shows is not None:
            return page
    raise InputError("There is no such page to export.", "Load the page again, then repeat it.")
