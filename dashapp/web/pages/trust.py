"""/trust: how wrong the predictions would have been, what they may be used for, and what they rest on."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from dash import Input, Output, dcc, html
from dash.development.base_component import Component

from dashapp import written
from dashapp.charts import catalogue
from dashapp.domain.filters import Filters
from dashapp.services import charting
from dashapp.services.showing import Showing, of_query
from dashapp.store.snapshot import Snapshot
from dashapp.web import asof
from dashapp.web.components import evidence, health, importance, scorecard, states
from dashapp.web.components.basics import grid
from dashapp.web.components.card import card_outputs, card_values, chart_card
from dashapp.web.components.ids import ids
from dashapp.web.page import Page

if TYPE_CHECKING:
    from dashapp.services.services import Services
    from dashapp.web.door import Door

CARDS = {"value_by_decile": 6, "buying_calibration": 6, "purchase_tracking": 6, "interval_coverage": 6}
CHARTS = ids("trust", *CARDS)
OPENED, SENTENCE, RULES, DETAILS = ids("trust", "opened", "sentence", "rules", "details")


def layout(**_: Any) -> Component:
    charts = [
        chart_card(card_id, catalogue.chart(name), span)
        for card_id, (name, span) in zip(CHARTS, CARDS.items(), strict=True)
    ]
    return html.Div(
        [
            dcc.Store(id=OPENED, data=True),
            html.P(id=SENTENCE, className="narrative"),
            html.Div(id=RULES),
            grid(*charts),
            html.Div(id=DETAILS, className="page-stack"),
        ],
        className="page-stack",
    )


def show(snapshot: Snapshot) -> list[Any]:
    """The verdict first, then the rules, the pictures and the tables, from one snapshot."""
    return [
        states.as_known(lambda: written.local(snapshot.row("backtest_summary")["sentence"])),
        states.as_known(lambda: evidence.findings(snapshot.frame("trust_findings"), snapshot.facts)),
        *card_values(*charting.draw_all(CARDS, snapshot, Filters())),
        _details(snapshot),
    ]


def _details(snapshot: Snapshot) -> list[Component]:
    facts = snapshot.facts
    parts: list[Callable[[], Any]] = [
        lambda: scorecard.card(snapshot.frame("trust_scorecard"), facts),
        *(partial(_contest, snapshot, target) for target in evidence.TITLES),
        lambda: importance.cards(snapshot.frame("backtest_importance")),
        lambda: _health(snapshot),
        lambda: evidence.premises(snapshot.frame("trust_premises")),
        lambda: evidence.cut_offs(snapshot.frame("trust_origins"), snapshot.frame("trust_notes"), facts.currency),
        lambda: evidence.parameters(snapshot.frame("trust_models")),
        lambda: evidence.card(snapshot.row("backtest_summary"), facts),
    ]
    found = [states.as_known(part) for part in parts]
    return [card for part in found for card in (part if isinstance(part, list) else [part])]


def _contest(snapshot: Snapshot, target: str) -> Component:
    return evidence.contest(snapshot.frame("backtest_metrics", target=target), target, snapshot.facts)


def _health(snapshot: Snapshot) -> Component:
    bands, metrics = snapshot.frame("health_bands"), snapshot.frame("health_metrics")
    return health.card(snapshot.row("health_verdict"), metrics, bands, snapshot.frame("health_ablation"))


def wire(door: Door, services: Services) -> None:
    outputs = [Output(SENTENCE, "children"), Output(RULES, "children"), *card_outputs(*CHARTS)]

    @door.callback(*outputs, Output(DETAILS, "children"), Input(OPENED, "data"))
    def _(_opened: bool) -> list[Any]:
        return show(asof.shown(services))


TABLES = (
    of_query("rules", "Rules", "A row is a rule", "Rules for using predicted values, and whether they hold.",
             "trust_findings"),
    of_query("scorecard", "Earlier predictions", "A row is a refresh",
             "What was predicted, with its interval, and what came.", "trust_scorecard"),
    of_query("premises", "Premises", "A row is a premise", "What the models take for granted.", "trust_premises"),
    of_query("cut_offs", "Cut-offs", "A row is a cut-off", "At which days was tested, and what came after.",
             "trust_origins"),
    of_query("parameters", "Parameters", "A row is a model", "With which parameters this snapshot was scored.",
             "trust_models"),
)  # fmt: skip
"The tables below the charts."


PAGE = Page(
    "/trust", "Trust", "trust:read", layout, wire, group="ANALYSE", order=50, icon="shield-check",
    shows=Showing(charts=tuple(CARDS), tables=TABLES),
)  # fmt: skip
