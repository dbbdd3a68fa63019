"""What stays as it is goes to the browser as one component, and only what can."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from dash import dcc, html

from dashapp.charts import catalogue
from dashapp.web.components.basics import icon_button
from dashapp.web.components.card import chart_card
from dashapp.web.components.still import Held, still
from dashapp.web.pages import overview
from tests.web.conftest import House
from tests.web.test_states import pages
from tests.web.walking import visit


def told(component: Any) -> Any:
    return json.loads(json.dumps(component, default=lambda part: part.to_plotly_json()))


def asked(node: Any) -> Iterator[str]:
    """Types of what Dash's renderer makes components of."""
    if isinstance(node, list):
        for part in node:
            yield from asked(part)
    elif isinstance(node, dict) and "props" in node:
        yield node["type"]
        yield from asked(node["props"].get("children"))


def test_elements_go_with_type_props_and_children_under_a_name_that_the_renderer_does_not_follow():
    drawn = told(still(html.Div(["a", icon_button("Close", "x-lg"), None, html.P(id="b")], className="c")))
    assert list(asked(drawn)) == ["Still"]
    tree = drawn["props"]["tree"]
    assert (tree["type"], tree["props"]["className"]) == ("Div", "c")
    words, button, nothing, empty = tree["props"]["children"]
    assert (words, nothing, empty["props"]) == ("a", None, {"id": "b", "children": None})
    assert button["props"] == {"type": "button", "aria-label": "Close", "title": "Close", "className": "icon-button",
                               "children": button["props"]["children"]}  # fmt: skip


def test_what_is_more_than_an_element_is_refused():
    with pytest.raises(TypeError, match="Link of dash_core_components"):
        told(still(html.Div(dcc.Link("there", href="/"))))


def test_what_is_held_goes_with_its_value_and_is_no_store_that_tells_the_time():
    held = {"type": "Held", "namespace": "tenure_parts", "props": {"id": "a", "data": {"b": "c"}}}
    assert told(Held("a", {"b": "c"})) == held


def test_a_card_is_few_components_with_all_its_tools():
    card = told(chart_card("probe", catalogue.chart("revenue_trend"), 6, ["period"], []))
    assert len(list(asked(card))) <= 10
    assert json.dumps(card).count('"data-export"') == 6


def test_the_overview_is_no_more_components_than_it_needs():
    """Each is asked about every change of the page: with every element a component there were 561 (docs/adr/0040)."""
    assert len(list(asked(told(overview.layout())))) <= 200


@pytest.mark.slow
def test_no_callback_names_what_stays_as_it_is(house: House) -> None:
    named = {
        part["id"] for callback in house.app.callback_map.values() for part in (*callback["inputs"], *callback["state"])
    } | {part.rpartition(".")[0] for key in house.app.callback_map for part in key.strip(".").split("...")}
    found = {one for path, _ in pages(house) for text in visit(house, path).texts for one in _still_ids(_read(text))}
    assert "overview-revenue_trend-title" in found
    assert found & named == set()


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _still_ids(node: Any, *, inside: bool = False) -> Iterator[str]:
    if isinstance(node, list):
        for part in node:
            yield from _still_ids(part, inside=inside)
    elif isinstance(node, dict):
        if inside and isinstance(node.get("id"), str):
            yield node["id"]
        for key, part in node.items():
            yield from _still_ids(part, inside=inside or key == "tree")
