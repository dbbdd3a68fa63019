"""/products/<product_id>: one product: where it stands in its life, who buys it, with what, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from dash import Input, Output, dcc, html
from dash.development.base_component import Component

from dashapp import written
from dashapp.charts import catalogue
from dashapp.charts.chart import Flag, View, nothing
from dashapp.charts.kit import marks
from dashapp.domain.filters import Filters
from dashapp.errors import NotFound
from dashapp.services import charting, products
from dashapp.services.showing import OF, Showing
from dashapp.services.spared import spared
from dashapp.store.metrics import MetricValue
from dashapp.store.snapshot import Snapshot
from dashapp.web import asof
from dashapp.web.components import facts as shown
from dashapp.web.components import (
    product_figures,
    product_profile,
    product_tables,
    product_words,
    profile_tables,
    states,
)
from dashapp.web.components import product_views as views
from dashapp.web.components.basics import attrs, grid, link
from dashapp.web.components.card import card_outputs, card_values, chart_card
from dashapp.web.components.filterbar import FILTERS
from dashapp.web.components.funnel import of_question
from dashapp.web.components.ids import ids
from dashapp.web.components.kpi import kpi_card, kpi_outputs, kpi_values
from dashapp.web.page import Page

if TYPE_CHECKING:
    from dashapp.services.services import Services
    from dashapp.web.door import Door

WHAT, BODY, HEAD, PARTNERS = ids("product", "what", "body", "head", "partners")
CARDS = {
    "product_life": 12, "product_starters": 6, "product_second_order": 6, "product_buyers": 6, "product_adoption": 6,
    "product_uptake": 6, "product_hours": 6, "product_prices": 6, "product_returns": 6,
}  # fmt: skip
"Charts in reading order, and the columns of 12 that each spans."
CHARTS = ids("product", *CARDS)
KPIS = ids("product", *(figure.name for figure in product_figures.FIGURES))
ALL_TIME = Filters(range="all")


def layout(product_id: str = "", **_: Any) -> Component:
    figures = [kpi_card(card, figure) for card, figure in zip(KPIS, product_figures.FIGURES, strict=True)]
    life, *rest = [
        chart_card(card, catalogue.chart(name), span, *charting.heeded(name))
        for card, (name, span) in zip(CHARTS, CARDS.items(), strict=True)
    ]
    together = shown.card("Bought together", html.Div(id=PARTNERS), hint=written.local(product_words.PARTNERS),
                          heeds=of_question("product_partners"))  # fmt: skip
    return html.Div(
        [
            dcc.Store(id=WHAT, data=product_id),
            html.P(link("All products", views.address()), className="back-link"),
            html.Div(id=HEAD, className="is-loading"),
            grid(*figures, life),
            together,
            grid(*rest),
        ],
        id=BODY,
        className="page-stack",
        **attrs(data_scope=""),
    )


def show(snapshot: Snapshot, product: str, flags: Sequence[Flag] = ()) -> list[Any]:
    """Scope of downloads, head, partners and charts; for a product nobody knows a sentence instead of each."""
    try:
        known = spared("product", lambda: products.profile(snapshot, product), states.failed)
    except NotFound as error:
        lost = states.empty(error.message, error.hint, link("Go to the products list", "/products"))
        return ["", lost, "", *card_values(*(nothing("There is nothing to show.") for _ in CARDS))]
    if isinstance(known, Component):
        unread = nothing("What this is could not be read, so there is nothing to show.")
        return ["", known, "", *card_values(*(unread for _ in CARDS))]
    key = int(known["product_key"])
    drawn = [partial(charting.draw, name, snapshot, ALL_TIME, flags, product_key=key) for name in CARDS]
    charts = charting.together(drawn)
    return [f"product_key={key}", states.as_known(lambda: _head(snapshot, known, key)), _partners(snapshot, known, key),
            *card_values(*charts)]  # fmt: skip


def _head(snapshot: Snapshot, known: dict[str, Any], key: int) -> Component:
    path = snapshot.frame("product_stage_path", product_key=key)
    return product_profile.head(known, path, snapshot.row("product_habits", product_key=key), snapshot.facts)


def _partners(snapshot: Snapshot, known: dict[str, Any], key: int) -> Any:
    name = known["product_name"] or known["product_id"]
    return states.as_known(
        lambda: product_tables.partners(snapshot.frame("product_partners", product_key=key), name, snapshot.facts)
    )


def show_figures(snapshot: Snapshot, product: str, filters: Filters) -> list[Any]:
    """The key figures of the period beside those of the period it is compared with."""
    buyers = _buyers(product, charting.view(snapshot, filters))
    values = figures_of(snapshot, product, filters)
    return kpi_values(values, snapshot.facts.currency, filters.compare.label, buyers)


def figures_of(snapshot: Snapshot, product: str, filters: Filters) -> list[tuple[product_figures.Figure, MetricValue]]:
    """Each key figure with its value, or with why there is none."""

    def every(lost: MetricValue) -> list[tuple[product_figures.Figure, MetricValue]]:
        return [(figure, lost) for figure in product_figures.FIGURES]

    return charting.figured("product_figures", lambda: _measured(snapshot, product, filters), every)


def _measured(snapshot: Snapshot, product: str, filters: Filters) -> list[tuple[product_figures.Figure, MetricValue]]:
    facts = snapshot.facts
    known = snapshot.row("product_profile", product=product)
    if not known:
        lost = MetricValue(None, reason="Not in the catalogue.")
        return [(figure, lost) for figure in product_figures.FIGURES]
    frame = snapshot.frame("product_figures", filters, product_key=int(known["product_key"]))
    if not charting.view(snapshot, filters).comparison:
        frame = frame[frame["series"] == "current"]
    return product_figures.measured(frame, has_costs=facts.has_costs)


def _buyers(product: str, view: View) -> str:
    """The list of who bought it in the period; of who ever did where the code is too long for a condition."""
    who = marks.meeting(marks.did("product_in", view.period, product)) or marks.customers(product=product)
    return views.address("/customers", who)


def wire(door: Door, services: Services) -> None:
    @door.callback(
        Output(BODY, "data-scope"),
        Output(HEAD, "children"),
        Output(PARTNERS, "children"),
        *card_outputs(*CHARTS),
        Input(WHAT, "data"),
    )
    def _(product: Any) -> list[Any]:
        return show(asof.shown(services), str(product), services.annotations.flags(door.principal(), ALL_TIME))

    @door.callback(*kpi_outputs(*KPIS), Input(WHAT, "data"), Input(FILTERS, "data"))
    def _(product: Any, view: dict[str, str]) -> list[Any]:
        return show_figures(asof.shown(services), str(product), Filters.from_query(view))


SHOWS = Showing(
    charts=tuple(CARDS),
    tables=profile_tables.PRODUCT,
    view=ALL_TIME,
    parameters=lambda snapshot, asked: {
        name: {"product_key": profile_tables.product_key(snapshot, asked)} for name in CARDS
    },
    measured=lambda snapshot, filters, asked: figures_of(snapshot, asked.get(OF, ""), filters),
)


PAGE = Page(
    "/products/<product_id>",
    "Product",
    "overview:read",
    layout,
    wire,
    group="ANALYSE",
    order=41,
    icon="box-seam",
    in_navigation=False,
    check=lambda services, product_id: products.require_known(asof.shown(services), product_id),
    filters=("period", "compare"),
    shows=SHOWS,
)
