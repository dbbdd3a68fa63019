"""Named values on a page: one big figure with its detail, a list of facts, a plain card around a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashapp.web.components.basics import attrs


def figure(name: str, value: str, detail: str = "", *, main: bool = False) -> Component:
    """One value with its name above and what it means below; `main` is the one the page is about."""
    parts = [
        html.P(name, className="figure-name"),
        html.P(value, className="figure-value"),
        html.P(detail, className="figure-detail"),
    ]
    return html.Div(parts, className=f"figure {'figure-main' if main else ''}".strip())


def facts(title: str, rows: Sequence[tuple[str, str, str]]) -> Component:
    """Name, value and a few words of meaning, in as many columns as fit."""
    items = [
        html.Div([html.Dt(name), html.Dd([html.Span(value, className="fact-value"), html.Small(words)])])
        for name, value, words in rows
    ]
    return html.Section(
        [html.H2(title, className="visually-hidden"), html.Dl(items)], className="fact-list", **attrs(aria_label=title)
    )


def card(title: str, *children: Any, hint: str = "", heeds: Component | None = None) -> Component:
    """A card without a chart; under a filter bar `heeds` is its funnel."""
    words = [html.P(hint, className="card-unit")] if hint else []
    tools = [html.Div(heeds, className="card-tools")] if heeds else []
    head = html.Header([html.Div([html.H2(title), *words], className="card-title"), *tools], className="card-head")
    return html.Section([head, *children], className="card-plain")
