"""Every named value on the page of one customer or product, and every total above a list, says what it means."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.web.conftest import House
from tests.web.test_states import pages
from tests.web.walking import visit


def named(node: Any, within: str = "") -> Iterator[tuple[str, str]]:
    """Name and number of the definition beside it, of each named value in a list of facts, a strip or a figure."""
    if isinstance(node, list):
        for item in node:
            yield from named(item, within)
    elif isinstance(node, dict):
        props = node.get("props", {}) if isinstance(node.get("props"), dict) else {}
        look = str(props.get("className"))
        if look == "name-line" and props.get("children"):
            text = json.dumps(props["children"], ensure_ascii=False)
            yield text[:80], "data-number" if '"data-number"' in text else ""
            return
        for value in node.values():
            yield from named(value, within)


@pytest.mark.parametrize("path", ["/customers/", "/products/", "/customers", "/products"])
def test_a_named_value_has_its_definition_beside_it(house: House, path: str) -> None:
    one = next(found for found, _ in pages(house) if found == path or (path[-1] == "/" and found.startswith(path)))
    seen = [json.loads(text) for text in visit(house, one, "analyst").texts if text.startswith(("{", "["))]
    told = dict(pair for answer in seen for pair in named(answer))
    assert len(told) >= 3
    assert [name for name, number in told.items() if not number] == []
