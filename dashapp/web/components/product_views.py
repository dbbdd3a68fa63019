"""The views of the products page by link, and the links to products that all of them use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from dash import html
from dash.development.base_component import Component

from dashapp.domain.vocabulary import LifecycleStage
from dashapp.web import asof
from dashapp.web.components.basics import attrs, link

VIEWS = {
    "list": "List",
    "board": "Lifecycle board",
    "map": "Map and moves",
    "pareto": "ABC",
    "bundles": "Bought together",
    "starters": "What customers start with",
}
DEFAULT = "list"


def address(path: str = "/products", query: Mapping[str, str] | None = None) -> str:
    """A path of this site in the snapshot that is looked at."""
    asked = {**(query or {}), **asof.address()}
    return f"{path}?{urlencode(asked)}" if asked else path


def product_link(product_id: Any, name: Any) -> Component:
    """To the profile of a product."""
    return link(str(name), address(f"/products/{quote(str(product_id), safe='')}"))


def navigation(shown: str) -> Component:
    """The links, the present one marked."""
    items = [_view(name, title, name == shown) for name, title in VIEWS.items()]
    return html.Nav(html.Ul(items), className="page-tabs", **attrs(aria_label="Views of the products"))


def _view(name: str, title: str, is_shown: bool) -> Component:
    href = address(query={"tab": name} if name != DEFAULT else {})
    return html.Li(html.A(title, href=href, **attrs(aria_current="page")) if is_shown else link(title, href))


def badge(stage: Any) -> Component:
    """The stage in words with its colour."""
    if not isinstance(stage, str):
        return html.Span("Never sold", className="stage-badge")
    return html.Span(LifecycleStage(stage).label, className=f"stage-badge stage-{stage.replace('_', '-')}")
