"""The funnel of a card: which controls of the filter bar its numbers heed, and which they cannot."""

from __future__ import annotations

from collections.abc import Iterable

from dash import html
from dash.development.base_component import Component

from dashapp.services import charting
from dashapp.store import query
from dashapp.web.components.basics import disclosure
from dashapp.web.components.still import still

WORDS = {
    "cohort": "first purchase",
    "category": "bought category",
    "product": "bought product",
    "saved": "saved segment",
    "basis": "value basis",
    "compare": "comparison",
}
"What the bar calls a control, where that is not its key."


def funnel(used: Iterable[str], ignored: Iterable[str]) -> Component:
    """A button that opens both lists; by keyboard as by pointer."""
    lines = [html.P(f"Filters used: {_names(used)}."), html.P(f"Ignored here: {_names(ignored)}.")]
    return disclosure("Filters used and ignored", lines, "funnel", "popover-end funnel")


def of_question(name: str) -> Component:
    """The funnel of what shows the answer of `store/queries/<name>.sql`. Raises NotFound."""
    return funnel(*charting.heeding(query.find(name)))


def headed(title: Component, question: str, *beside: Component) -> Component:
    """The head of a small card: its title, the funnel of its question and what else stands `beside` it."""
    tools = html.Div([of_question(question), *beside], className="card-tools")
    return still(html.Header([title, tools], className="kpi-head"))


def _names(keys: Iterable[str]) -> str:
    return ", ".join(WORDS.get(key, key) for key in keys) or "none"
