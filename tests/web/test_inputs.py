"""Every input of every page stands in its address, or is named here with the reason why not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from dashapp.web import address
from dashapp.web.components.filterbar import CONTROLS
from dashapp.web.page import Page
from tests.web.conftest import House
from tests.web.test_states import pages
from tests.web.walking import visit

INPUTS = {"Input", "Select", "Checklist", "Switch", "RadioItems", "Textarea", "Checkbox", "Slider", "RangeSlider"}
"Types of components that a reader changes."
OF_THE_BAR = {f"filters-{name}": name for name in ("range", "start", "end", "compare", "basis")} | {
    control: name for name, control in CONTROLS.items()
}
BY_THE_SERVER = {
    "customers-search": "search",
    "customers-states": "states",
    "products-search": "search",
    "products-stages": "stages",
    "products-category": "category",
    r"lab-(margin|rate|horizon|buying|leaving|order|cac)(-slider)?": r"\1",
    r"rules-\d+-\w+": "rules",
}
"Inputs (as patterns) whose key the answer of a callback writes into the address; grids write `sort` and `limits`."
NOT_A_VIEW = {
    r"filters-\w+-search": "finds an option in a list of the bar and changes nothing on the page",
    r"palette-\w+": "finds a page and leads there",
    r"views-\w+|view-\w+": "the form of a view to save",
    r"notes-\w+": "the form of a note to save",
    r"(customers|build)-(name|kind|visibility)": "the form of a segment to save",
    r"lab-(name|team|chosen)": "the form of a scenario to save or remove",
    r"schedules-\w+": "the form of a schedule to save",
    r"data-(path|source|force)": "the form that starts a run",
    r"issue-\w+": "the form of work on an issue",
    r"import-\w+": "the steps of an import, which the draft on the server keeps",
}
"Inputs (as patterns) that say nothing about what is shown."
TABS = {"/segments": ("rfm", "value", "mine", "movement"), "/products": ("list", "map", "starters", "bundles")}


@pytest.mark.slow
def test_every_input_of_every_page_is_in_the_address_or_says_why_not(house: House) -> None:
    found = {(page, *one) for page, path, tab in _visits(house) for one in _inputs(house, path, tab)}
    assert len(found) > 60, "the walk finds inputs"
    known = {page.path: address.keys(page) for page in house.app.server.extensions["tenure"].pages}
    lost = {(page, name) for page, name, key in found if not _is_told(name, key, known[page])}
    assert lost == set()


def _visits(house: House) -> Iterator[tuple[str, str, str]]:
    """Page, a path of it, a tab of it."""
    known: list[Page] = house.app.server.extensions["tenure"].pages
    for path, _ in pages(house):
        page = next((one for one in known if one.path == path), None) or _of_one(known, path)
        yield from ((page.path, path, tab) for tab in TABS.get(path, ("",)))


def _of_one(known: list[Page], path: str) -> Page:
    return next(one for one in known if one.has_variables and path.startswith(one.path.partition("<")[0]))


def _inputs(house: House, path: str, tab: str) -> Iterator[tuple[str, str]]:
    """Id of every input that came, and the key of the address that its wrapper names."""
    for text in visit(house, path, search=f"?tab={tab}" if tab else "").texts:
        try:
            yield from _named(json.loads(text), "")
        except ValueError:
            continue


def _named(node: Any, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, list):
        for one in node:
            yield from _named(one, key)
    elif isinstance(node, dict):
        props = node.get("props", {})
        if node.get("type") in INPUTS and isinstance(props, dict) and isinstance(props.get("id"), str):
            yield props["id"], key
        inner = props.get("data-keeps", key) if isinstance(props, dict) else key
        for one in node.values():
            yield from _named(one, inner)


def _is_told(name: str, key: str, known: frozenset[str]) -> bool:
    if name in OF_THE_BAR:
        return OF_THE_BAR[name] in known
    if key:
        return key in known
    for pattern, written in BY_THE_SERVER.items():
        if found := re.fullmatch(pattern, name):
            return found.expand(written) in known
    return any(re.fullmatch(pattern, name) for pattern in NOT_A_VIEW)
