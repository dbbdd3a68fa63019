"""/products: what each brought, where it stands in its life, what is bought together, what customers start with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dash_bootstrap_components as dbc
import pandas as pd
from dash import ClientsideFunction, Input, Output, State, dcc, html
from dash.development.base_component import Component

from dashapp.charts import catalogue
from dashapp.domain.filters import Filters
from dashapp.domain.lifecycle_rules import LifecycleRules
from dashapp.domain.listing import MAX_SEARCH, block, like
from dashapp.domain.vocabulary import LifecycleStage as Stage
from dashapp.errors import FilterError
from dashapp.services import charting
from dashapp.services.showing import Showing
from dashapp.store.facts import Facts
from dashapp.store.snapshot import Snapshot
from dashapp.web import api, asof
from dashapp.web import format as fmt
from dashapp.web.components import facts as shown
from dashapp.web.components import product_grid, product_tables, rejudge, states
from dashapp.web.components.basics import disclosure, field, grid
from dashapp.web.components.card import card_outputs, card_values, chart_card
from dashapp.web.components.customer_grid import BLOCK_ROWS
from dashapp.web.components.ids import ids
from dashapp.web.page import Page

if TYPE_CHECKING:
    from dashapp.services.services import Services
    from dashapp.web.door import Door

GRID, SEARCH, STAGES, STRIP, ASKED, BODY, BUNDLES, ENTRIES = ids(
    "products", "grid", "search", "stages", "strip", "asked", "body", "bundles", "entries"
)
CHARTS = {"product_stage_map": 6, "product_moves": 6}
"Columns of 12 that each spans."
CARDS = ids("products", *CHARTS)
FIRST_BLOCK = {"startRow": 0, "endRow": BLOCK_ROWS}
RULES = LifecycleRules()
MEANING = {
    Stage.INTRODUCTION: "first-time buyers are few; their curve has not reached its first inflection",
    Stage.GROWTH: "first-time buyers increase towards the peak of the curve",
    Stage.MATURITY: "the peak has passed and the decrease still gathers pace",
    Stage.DECLINE: "past the second inflection of the curve",
    Stage.NEW: f"launched less than {RULES.new_periods} whole months ago",
    Stage.SEASONAL: f"{RULES.seasonal_share:.0%} of each of the last two years sold in the same "
    f"{RULES.seasonal_span} calendar months",
    Stage.STEADY: f"flat for {RULES.steady_periods} months, mostly to buyers who bought before",
    Stage.DORMANT: "silent for longer than its own gaps between days of sale explain",
    Stage.REVIVED: f"sold again in the last {RULES.revived_periods} months after an exceptional silence",
    Stage.DISCONTINUED: f"no sale for {RULES.discontinued_days:.0f} days",
    Stage.TOO_EARLY: f"fewer than {RULES.least_periods} whole months with usable sales, or fewer than "
    f"{RULES.least_units:.0f} pieces",
}


def layout(**_: Any) -> Component:
    search = dbc.Input(
        id=SEARCH, type="search", value="", debounce=0.3, maxLength=MAX_SEARCH, placeholder="Name, code or category",
        autoComplete="off",
    )  # fmt: skip
    options = [{"value": stage.value, "label": stage.label} for stage in Stage]
    boxes = dbc.Checklist(id=STAGES, options=options, value=[], inline=True)
    chosen = html.Fieldset([html.Legend("Stage", className="visually-hidden"), boxes], className="list-states")
    cards = [
        chart_card(card, catalogue.chart(name), span, *charting.heeded(name))
        for card, (name, span) in zip(CARDS, CHARTS.items(), strict=True)
    ]
    return html.Div(
        [
            html.Div(id=STRIP, className="figure-strip", role="status"),
            html.Div([field("Search products", search, hidden_label=True), chosen], className="list-tools"),
            product_grid.product_grid(GRID),
            disclosure("What the columns and stages mean", _definitions(), className="product-words"),
            grid(*cards),
            rejudge.layout(),
            _section("Bought together", BUNDLES, _ABOUT_BUNDLES),
            _section("What customers start with", ENTRIES, _ABOUT_ENTRIES),
            dcc.Store(id=ASKED),
        ],
        id=BODY,
    )


_ABOUT_BUNDLES = (
    "Lift is how many times more often two products share a basket than chance would have it, given how often each is "
    "bought and how large baskets are; “at least” is its 95 % lower bound. Found in the first 70 % of the baskets at a "
    "false discovery rate of 5 %, measured again in the rest. It says nothing about revenue: who buys both might have "
    "bought both anyway."
)
_ABOUT_ENTRIES = (
    "Past net sales of customers by what they bought on their first day, at equal age, drawn towards the mean of all "
    "where a product has few customers; the interval is a 90 % one. Whether it differs is tested at a false discovery "
    "rate of 5 % over all products. Such customers are worth more or less; the product need not be the reason. The "
    "median to the second purchase is by Kaplan and Meier, and blank where fewer than half ever came back. How much "
    "sooner: Cox's hazard ratio against those who started in the same quarter with as many products, with its 90 % "
    "interval."
)


def _section(title: str, body_id: str, about: str) -> Component:
    return shown.card(title, html.Div(id=body_id), hint=about)


def _definitions() -> list[Component]:
    columns = (
        "All columns cover all observed days. Net sales are sales less returns, units pieces sold less pieces "
        "returned, gross margin net sales less cost of goods (blank without costs). Repeat rate: buyers who bought the "
        "product on two days or more. First purchase: buyers who had it on their first purchase day. Return rate: "
        "pieces returned of pieces sold. Probability: share of resampled curves, or trends, that give the same stage; "
        "blank for stages that follow from a rule, low where another stage is next if a further month confirms it. "
        "The stage is that of the last whole month and changes only after "
        f"{RULES.agreeing_periods} months in a row agree, by trend {RULES.agreeing_trends}."
    )
    terms = [part for stage, words in MEANING.items() for part in (html.Dt(stage.label), html.Dd(words))]
    return [html.P(columns), html.Dl(terms)]


def read(request: Any, search: Any, chosen: Any) -> dict[str, Any]:
    """What the grid asks for, as parameters of the question `products_list`. Raises FilterError."""
    asked = request if isinstance(request, dict) else FIRST_BLOCK
    limit, offset = block(asked.get("startRow"), asked.get("endRow"))
    model = asked.get("sortModel")
    sort = model[0] if isinstance(model, list) and model and isinstance(model[0], dict) else {}
    if not isinstance(search or "", str) or len(search or "") > MAX_SEARCH:
        raise FilterError("search", "The search must be one short text.", "Shorten it.")
    return {
        "sort": str(sort.get("colId", product_grid.DEFAULT_SORT)),
        "descending": sort.get("sort", "desc") == "desc",
        "stages": [str(stage) for stage in chosen or ()],
        "words": like((search or "").strip()),
        "limit": limit,
        "offset": offset,
    }


def show(frame: pd.DataFrame, facts: Facts) -> tuple[Any, ...]:
    """The block of rows and the strip above. frame: the answer of `products_list`."""
    if frame.empty:
        nothing = states.empty("No product matches.", "Clear the search or a stage.")
        return {"rowData": [], "rowCount": 0}, nothing
    first = frame.iloc[0]
    rows = frame.drop(columns=["product_key", "matching", "matching_units", "matching_net_sales"])
    rows["stage"] = [_stage_words(*pair) for pair in zip(rows["stage"], rows.pop("pending"), strict=True)]
    figures = (
        ("Products", fmt.number(first["matching"])),
        ("Net sales so far", fmt.money(first["matching_net_sales"], facts.currency)),
        ("Units", fmt.number(first["matching_units"])),
    )
    strip = html.Dl([html.Div([html.Dt(name), html.Dd(value)]) for name, value in figures])
    return {"rowData": api.rows(rows), "rowCount": int(first["matching"])}, html.Div(strip)


def _stage_words(stage: Any, pending: Any) -> str:
    """The stage, and the one that another month would confirm.

    >>> _stage_words("maturity", "decline"), _stage_words("growth", None), _stage_words(None, None)
    ('Maturity, decline next?', 'Growth', 'Never sold')
    """
    if not isinstance(stage, str):
        return "Never sold"
    return Stage(stage).label + (f", {Stage(pending).label.lower()} next?" if isinstance(pending, str) else "")


def show_rest(snapshot: Snapshot) -> list[Any]:
    """The charts, the pairs and the first products."""
    most = product_tables.SHOWN
    return [
        *card_values(*charting.draw_all(CHARTS, snapshot, Filters())),
        states.as_known(lambda: product_tables.bundles(snapshot.frame("product_bundles", limit=most))),
        states.as_known(lambda: product_tables.entries(snapshot.frame("product_entries", limit=most), snapshot.facts)),
    ]


def wire(door: Door, services: Services) -> None:
    @door.callback(
        Output(GRID, "getRowsResponse"),
        Output(STRIP, "children"),
        Input(GRID, "getRowsRequest"),
        State(SEARCH, "value"),
        State(STAGES, "value"),
    )
    def _(request: Any, search: Any, chosen: Any) -> tuple[Any, ...]:
        snapshot = asof.shown(services)
        return show(snapshot.frame("products_list", **read(request, search, chosen)), snapshot.facts)

    @door.callback(*card_outputs(*CARDS), Output(BUNDLES, "children"), Output(ENTRIES, "children"), Input(BODY, "id"))
    def _(_: str) -> list[Any]:
        return show_rest(asof.shown(services))

    again = [Input(SEARCH, "value"), Input(STAGES, "value")]
    door.clientside(ClientsideFunction("tenure_products", "ask_again"), Output(ASKED, "data"), again)
    rejudge.wire(door, services)


PAGE = Page(
    "/products", "Products", "overview:read", layout, wire, group="ANALYSE", order=40, icon="box-seam",
    shows=Showing(charts=tuple(CHARTS)),
)  # fmt: skip
