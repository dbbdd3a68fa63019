"""/products: what each brought, where it stands in its life, what is bought together, what customers start with."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import dash_bootstrap_components as dbc
import pandas as pd
from dash import ClientsideFunction, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from dashapp import written
from dashapp.charts import catalogue
from dashapp.domain.filters import Filters
from dashapp.domain.listing import MAX_SEARCH, block
from dashapp.domain.product_listing import KEYS, ProductListing
from dashapp.domain.vocabulary import LifecycleStage as Stage
from dashapp.services import charting
from dashapp.services.export_products import as_shown
from dashapp.services.showing import Showing, of_query
from dashapp.store.facts import Facts
from dashapp.store.snapshot import Snapshot
from dashapp.web import api, asof
from dashapp.web import format as fmt
from dashapp.web.components import facts as shown
from dashapp.web.components import product_board, product_grid, product_tables, product_words, rejudge, states
from dashapp.web.components import product_views as views
from dashapp.web.components.basics import disclosure, field, grid, icon, select
from dashapp.web.components.card import card_outputs, card_values, chart_card
from dashapp.web.components.ids import ids
from dashapp.web.components.profile_words import PRODUCTS
from dashapp.web.components.server_grid import BLOCK_ROWS, FILES
from dashapp.web.page import Page

if TYPE_CHECKING:
    from dashapp.services.services import Services
    from dashapp.web.door import Door

GRID, SEARCH, STAGES, CATEGORY, STRIP, EXPORTS, ADDRESS, WRITTEN, ASKED, OPENED = ids(
    "products", "grid", "search", "stages", "category", "strip", "exports", "address", "written", "asked", "opened"
)
BOARD, BUNDLES, ENTRIES = ids("products", "board", "bundles", "entries")
CHARTS = {"map": ("product_stage_map", "product_moves"), "pareto": ("product_pareto",),
          "starters": ("category_segments",)}  # fmt: skip
"Charts of each view that has some, in reading order."
ENTERED = {view: f"products-{view}-entered" for view in views.VIEWS if view != views.DEFAULT}
"Stores by which each view asks for what it shows."
ANY = "*"
"In the choice of a category: all of them."
FIRST_BLOCK = {"startRow": 0, "endRow": BLOCK_ROWS}


def layout(
    tab: Any = "", search: Any = "", stages: Any = "", category: Any = "", sort: Any = "", **more: Any
) -> Component:
    """The list, or another view where the address names it: /products?tab=board."""
    view = tab if tab in views.VIEWS else views.DEFAULT
    asked = dict(zip(KEYS, (search, stages, category, sort), strict=True))
    body = _list(ProductListing.from_query(asked)) if view == views.DEFAULT else _BODIES[view](more)
    entered = [] if view == views.DEFAULT else [dcc.Store(id=ENTERED[view], data=True)]
    return html.Div([views.navigation(view), *body, *entered], className="page-stack")


def _list(listing: ProductListing) -> list[Component]:
    search = dbc.Input(
        id=SEARCH, type="search", value=listing.search, debounce=0.3, maxLength=MAX_SEARCH,
        placeholder="Name, code or category", autoComplete="off",
    )  # fmt: skip
    options = [{"value": stage.value, "label": stage.label} for stage in Stage]
    boxes = dbc.Checklist(id=STAGES, options=options, value=list(listing.stages), inline=True)
    chosen = html.Fieldset([html.Legend("Stage", className="visually-hidden"), boxes], className="list-states")
    known = {ANY: "Every category"} | ({listing.category: listing.category} if listing.category else {})
    tools = [
        field("Search products", search, hidden_label=True),
        select(CATEGORY, "Category", known, listing.category or ANY, hidden_label=True),
        chosen,
        html.Div(html.Div(id=EXPORTS, className="list-exports needs-exports"), className="list-actions"),
    ]
    return [
        html.Div(id=STRIP, className="figure-strip", role="status"),
        html.Div(tools, className="list-tools"),
        product_grid.product_grid(GRID, listing),
        html.Section(
            disclosure("What the columns and stages mean", product_words.definitions(), className="product-words"),
            className="card-plain",
        ),
        *(dcc.Store(id=store) for store in (ADDRESS, WRITTEN, ASKED, OPENED)),
    ]


def _cards(view: str) -> list[Component]:
    names = CHARTS[view]
    span = 12 // len(names)
    return [chart_card(_card(name), catalogue.chart(name), span, *charting.heeded(name)) for name in names]


def _card(chart: str) -> str:
    return f"products-{chart}"


_BODIES: dict[str, Callable[[dict[str, Any]], list[Component]]] = {
    "board": lambda _: [html.Div(id=BOARD, className="is-loading")],
    "map": lambda more: [grid(*_cards("map")), rejudge.layout(**more)],
    "pareto": lambda _: [grid(*_cards("pareto"))],
    "bundles": lambda _: [
        shown.card("Bought together", html.Div(id=BUNDLES), hint=written.local(product_words.BUNDLES))
    ],
    "starters": lambda _: [
        shown.card("What customers start with", html.Div(id=ENTRIES), hint=written.local(product_words.ENTRIES)),
        grid(*_cards("starters")),
    ],
}


def read(request: Any, search: Any, chosen: Any, category: Any) -> tuple[ProductListing, int, int]:
    """What the grid asks for: the list, how many rows of it, and after how many. Raises FilterError."""
    asked = request if isinstance(request, dict) else FIRST_BLOCK
    limit, offset = block(asked.get("startRow"), asked.get("endRow"))
    only = "" if category == ANY else category
    return ProductListing.from_grid(search, chosen, only, asked.get("sortModel")), limit, offset


def show_list(snapshot: Snapshot, listing: ProductListing, limit: int, offset: int) -> list[Any]:
    """The block of rows, the strip, the categories on offer, the export links and the address."""
    told = states.as_known(lambda: _listed(snapshot, listing, limit, offset))
    return told if isinstance(told, list) else [{"rowData": [], "rowCount": 0}, told, no_update, [], no_update]


def _listed(snapshot: Snapshot, listing: ProductListing, limit: int, offset: int) -> list[Any]:
    frame = snapshot.frame("products_list", **listing.parameters(), limit=limit, offset=offset)
    known = snapshot.frame("product_categories")
    return [*show(frame, snapshot.facts), _categories(known, listing), _exports(listing), listing.to_query()]


def show(frame: pd.DataFrame, facts: Facts) -> tuple[Any, ...]:
    """The block of rows and the strip above. frame: the answer of `products_list`."""
    if frame.empty:
        nothing = states.empty("No product matches.", "Clear the search, a stage or the category.")
        return {"rowData": [], "rowCount": 0}, nothing
    first = frame.iloc[0]
    interval = frame[["starter_value_low", "starter_value_high", "starters"]].astype(float)
    rows = as_shown(frame).drop(columns=[*_UNSEEN, "starter_value_low", "starter_value_high", "starters"])
    rows["starter_words"] = [
        product_words.starters(low, high, customers, facts.currency)
        for low, high, customers in interval.itertuples(index=False, name=None)
    ]
    figures = (
        ("Products", fmt.number(first["matching"])),
        ("Net sales of goods", fmt.money(first["matching_net_sales"], facts.currency)),
        ("Units", fmt.number(first["matching_units"])),
    )
    strip = shown.strip(figures, PRODUCTS)
    return {"rowData": api.rows(rows), "rowCount": int(first["matching"])}, html.Div(strip)


_UNSEEN = ("product_key", "pending", "matching", "matching_units", "matching_net_sales")


def _categories(known: pd.DataFrame, listing: ProductListing) -> list[dict[str, str]]:
    """Every category with its number of products; one that is asked for and unknown stays on offer."""
    counted = dict(zip(known["category"], known["products"], strict=True))
    counted.setdefault(listing.category, 0)
    options = [{"value": name, "label": f"{name} ({fmt.number(count)})"} for name, count in counted.items() if name]
    return [{"value": ANY, "label": "Every category"}, *options]


def _exports(listing: ProductListing) -> list[Component]:
    """Links to the same list as a file."""
    return [
        html.A([icon("download"), label], href=views.address(f"/export/products.{kind}", listing.to_query()),
               className="btn btn-outline")
        for kind, label in FILES.items()
    ]  # fmt: skip


def show_charts(snapshot: Snapshot, view: str) -> list[Any]:
    """The cards of a view."""
    return card_values(*charting.draw_all(CHARTS[view], snapshot, Filters()))


def show_board(snapshot: Snapshot) -> Any:
    """The board."""
    most = product_board.LISTED
    return states.as_known(lambda: product_board.board(snapshot.frame("product_board", most=most), snapshot.facts))


def show_bundles(snapshot: Snapshot) -> Any:
    """The pairs bought together, best first."""
    return states.as_known(
        lambda: product_tables.bundles(snapshot.frame("product_bundles", limit=product_tables.SHOWN), snapshot.facts)
    )


def show_entries(snapshot: Snapshot) -> Any:
    """The products customers start with."""
    most = product_tables.SHOWN
    return states.as_known(
        lambda: product_tables.entries(snapshot.frame("product_entries", limit=most), snapshot.facts)
    )


def wire(door: Door, services: Services) -> None:
    _wire_list(door, services)
    rejudge.wire(door, services)

    @door.callback(Output(BOARD, "children"), Input(ENTERED["board"], "data"))
    def _(_entered: bool) -> Any:
        return show_board(asof.shown(services))

    @door.callback(Output(BUNDLES, "children"), Input(ENTERED["bundles"], "data"))
    def _(_entered: bool) -> Any:
        return show_bundles(asof.shown(services))

    @door.callback(*card_outputs(*map(_card, CHARTS["map"])), Input(ENTERED["map"], "data"))
    def _(_entered: bool) -> list[Any]:
        return show_charts(asof.shown(services), "map")

    @door.callback(*card_outputs(*map(_card, CHARTS["pareto"])), Input(ENTERED["pareto"], "data"))
    def _(_entered: bool) -> list[Any]:
        return show_charts(asof.shown(services), "pareto")

    starters = card_outputs(*map(_card, CHARTS["starters"]))

    @door.callback(Output(ENTRIES, "children"), *starters, Input(ENTERED["starters"], "data"))
    def _(_entered: bool) -> list[Any]:
        snapshot = asof.shown(services)
        return [show_entries(snapshot), *show_charts(snapshot, "starters")]


def _wire_list(door: Door, services: Services) -> None:
    @door.callback(
        Output(GRID, "getRowsResponse"),
        Output(STRIP, "children"),
        Output(CATEGORY, "options"),
        Output(EXPORTS, "children"),
        Output(ADDRESS, "data"),
        Input(GRID, "getRowsRequest"),
        State(SEARCH, "value"),
        State(STAGES, "value"),
        State(CATEGORY, "value"),
    )
    def _(request: Any, search: Any, chosen: Any, category: Any) -> list[Any]:
        return show_list(asof.shown(services), *read(request, search, chosen, category))

    again = [Input(SEARCH, "value"), Input(STAGES, "value"), Input(CATEGORY, "value")]
    door.clientside(ClientsideFunction("tenure_products", "ask_again"), Output(ASKED, "data"), again)
    door.clientside(ClientsideFunction("tenure_products", "address"), Output(WRITTEN, "data"), Input(ADDRESS, "data"))
    door.clientside(ClientsideFunction("tenure_products", "open"), Output(OPENED, "data"), Input(GRID, "cellClicked"))


TABLES = (
    of_query("board", "Stages of life", "A row is a product in its stage", "The best sellers of each stage of life.",
             "product_board", ("product_key",), most=product_board.LISTED),
    of_query("bundles", "Bought together", "A row is a pair of products", product_words.BUNDLES, "product_bundles",
             ("product_key", "other_product_key"), limit=product_tables.SHOWN),
    of_query("entries", "What customers start with", "A row is a product of first purchases", product_words.ENTRIES,
             "product_entries", ("product_key",), limit=product_tables.SHOWN),
)  # fmt: skip
"What is no chart here; the list itself leaves by its own buttons."


PAGE = Page(
    "/products", "Products", "overview:read", layout, wire, group="ANALYSE", order=40, icon="box-seam",
    shows=Showing(charts=tuple(name for names in CHARTS.values() for name in names), tables=TABLES), keys=rejudge.KEYS,
)  # fmt: skip
