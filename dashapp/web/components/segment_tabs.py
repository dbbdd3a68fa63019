"""The tabs of the segments page, by link; and the way from a group of customers to the list of them."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component

from dashapp.domain.filters import Filters
from dashapp.domain.listing import Limits, Listing
from dashapp.domain.rules import Rules
from dashapp.domain.saved import narrowed
from dashapp.web.components.basics import attrs
from dashapp.web.components.ids import ids

PATH = "/segments"
TABS = {"rfm": "RFM groups", "value": "Value by risk", "mine": "My segments", "movement": "Movement"}
FIRST = "rfm"


def tabs(current: str, query: dict[str, str]) -> Component:
    """Links to the tabs; each carries the filters, and assets/53-filters.js keeps them so."""
    items = [_tab(name, title, current, query) for name, title in TABS.items()]
    return html.Nav(html.Ul(items), className="page-tabs", **attrs(aria_label="Segments"))


def _tab(name: str, title: str, current: str, query: dict[str, str]) -> Component:
    (link_id,) = ids("segments-tab", name)
    href = f"{PATH}?{urlencode({'tab': name} | query)}"
    is_here = name == current
    link = html.A(title, href=href, id=link_id, **(attrs(aria_current="page") if is_here else attrs(data_route="")))
    return html.Li(link, **attrs(data_carries="filters"))


def customers_href(filters: Filters, **more: str) -> str:
    """The customers of this view and of `more`: keys of the list's address."""
    query = filters.to_query() | more
    return f"/customers?{urlencode(query)}" if query else "/customers"


def within(*ranges: tuple[str, float, float]) -> dict[str, str]:
    """Keys of the list's address: customers inside all of these columns' ranges, both ends included."""
    limits = (Limits(column, repr(float(low)), repr(float(high))) for column, low, high in ranges)
    return Listing(limits=tuple(limits)).to_query()


def of_segment(filters: Filters, segment: str) -> str:
    """The customers of one named group."""
    return customers_href(replace(filters, segment=(segment,)))


def of_rules(filters: Filters, rules: Rules) -> str:
    """The customers who meet the rules and the choices of this view; a saved segment in it is narrowed."""
    view = replace(filters, saved=())
    return customers_href(view, saved=narrowed(filters.saved, rules).text)
