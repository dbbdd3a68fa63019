"""/reconciliation: how the lines and the money of the files become net sales and the margin, and that it closes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dash import Input, Output, html
from dash.development.base_component import Component

from dashapp.charts import catalogue
from dashapp.charts.chart import Flag
from dashapp.charts.refund_timing import DATED
from dashapp.domain.filters import Filters
from dashapp.services import charting
from dashapp.services.showing import Showing, of_query
from dashapp.store.snapshot import Snapshot
from dashapp.web import asof
from dashapp.web.components import reconciliation as account
from dashapp.web.components.basics import grid, select
from dashapp.web.components.card import card_outputs, card_values, chart_card
from dashapp.web.components.ids import ids
from dashapp.web.components.kept import kept, one_of
from dashapp.web.components.states import as_known
from dashapp.web.page import Page

if TYPE_CHECKING:
    from dashapp.services.services import Services
    from dashapp.web.door import Door

BRIDGES = {"files_bridge": 6, "margin_bridge": 6}
CARDS = ids("reconciliation", *BRIDGES)
TIMING, CHOICE, VERDICT, CHAIN = ids("reconciliation", "refund_timing", "dated", "verdict", "chain")


def layout(dated: Any = "", **_: Any) -> Component:
    bridges = [
        chart_card(card_id, catalogue.chart(name), span)
        for card_id, (name, span) in zip(CARDS, BRIDGES.items(), strict=True)
    ]
    return html.Div(
        [
            html.Div(id=VERDICT),
            grid(*bridges),
            html.Div(id=CHAIN),
            kept("dated", select(CHOICE, "A refund counts in the", DATED, one_of(DATED, dated, "refund")), "refund"),
            grid(chart_card(TIMING, catalogue.chart("refund_timing"), 12)),
        ],
        className="page-stack",
    )


def show(snapshot: Snapshot, dated: Any, flags: Sequence[Flag] = ()) -> list[Any]:
    """Verdict, chain and the three pictures of one snapshot."""
    timing = charting.draw("refund_timing", snapshot, Filters(), flags, dated=dated if dated == "order" else "refund")
    return [
        as_known(lambda: account.verdict(snapshot.frame("reconciliation"), snapshot.facts)),
        as_known(lambda: account.chain_table(snapshot.frame("reconciliation"), snapshot.facts)),
        *card_values(*charting.draw_all(BRIDGES, snapshot, Filters()), timing),
    ]


def wire(door: Door, services: Services) -> None:
    outputs = [Output(VERDICT, "children"), Output(CHAIN, "children"), *card_outputs(*CARDS, TIMING)]

    @door.callback(*outputs, Input(CHOICE, "value"))
    def _(dated: Any) -> list[Any]:
        return show(asof.shown(services), dated, services.annotations.flags(door.principal(), Filters()))


SHOWS = Showing(
    charts=(*BRIDGES, "refund_timing"),
    tables=(
        of_query("steps", "Lines and money", "A row is a step", "How the lines and the money of the files become net "
                 "sales and the margin.", "reconciliation"),
    ),
    parameters=lambda _, asked: {"refund_timing": {"dated": "order" if asked.get("dated") == "order" else "refund"}},
)  # fmt: skip


PAGE = Page(
    "/reconciliation",
    "Reconciliation",
    "runs:read",
    layout,
    wire,
    group="OPERATE",
    order=62,
    icon="calculator",
    shows=SHOWS,
)
