"""Named values on a page: one big figure with its detail, a list of facts, a plain card around a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashapp.web.components.basics import attrs, defined, disclosure

LONG_HINT = 180
"Letters; more than two lines of them push the figures of a card out of sight, so they wait behind a word."


@dataclass(frozen=True, slots=True)
class Meanings:
    """What named values mean, for the button beside each name: the words, and the question that answers them."""

    number: str
    "As the route of definitions names it: `query/customer_profile`."
    words: Mapping[str, str]
    "Name of the value to its definition."

    def beside(self, name: str) -> list[Component]:
        """The button, or nothing for a name without a meaning."""
        return [defined(name, self.number, self.words[name])] if name in self.words else []


UNSAID = Meanings("", {})


def figure(name: str, value: str, detail: str = "", *, main: bool = False, meanings: Meanings = UNSAID) -> Component:
    """One value with its name above and what it means below; `main` is the one the page is about."""
    parts = [
        html.Div([html.P(name, className="figure-name"), *meanings.beside(name)], className="name-line"),
        html.P(value, className="figure-value"),
        html.P(detail, className="figure-detail"),
    ]
    return html.Div(parts, className=f"figure {'figure-main' if main else ''}".strip())


def facts(title: str, rows: Sequence[tuple[str, str, str]], meanings: Meanings = UNSAID) -> Component:
    """Name, value and a few words of meaning, in as many columns as fit."""
    items = [
        html.Div(
            [
                html.Dt([name, *meanings.beside(name)], className="name-line"),
                html.Dd([html.Span(value, className="fact-value"), html.Small(words)]),
            ]
        )
        for name, value, words in rows
    ]
    return html.Section(
        [html.H2(title, className="visually-hidden"), html.Dl(items)], className="fact-list", **attrs(aria_label=title)
    )


def strip(figures: Sequence[tuple[str, str]], meanings: Meanings = UNSAID) -> Component:
    """Names and values in one line above a list."""
    items = [
        (html.Dt([name, *meanings.beside(name)], className="name-line"), html.Dd(value)) for name, value in figures
    ]
    return html.Dl([html.Div(list(item)) for item in items])


def card(
    title: str, *children: Any, hint: str = "", heeds: Component | None = None, menu: Component | None = None
) -> Component:
    """A card without a chart; under a filter bar `heeds` is its funnel, and `menu` is how it is taken along."""
    is_long = len(hint) > LONG_HINT
    words = [html.P(hint, className="card-unit")] if hint and not is_long else []
    told = [disclosure("How to read this", html.P(hint))] if is_long else []
    beside = [part for part in (heeds, menu) if part]
    tools = [html.Div(beside, className="card-tools")] if beside else []
    head = html.Header([html.Div([html.H2(title), *words], className="card-title"), *tools], className="card-head")
    return html.Section([head, *told, *children], className="card-plain")
