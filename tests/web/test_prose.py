"""No line of prose ends inside a number: not before its percent sign, not behind its sign, not beside its currency."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.web.conftest import House
from tests.web.test_states import pages
from tests.web.walking import visit

ENDS = re.compile(r"\d (?:%|pp\b)|[+−][£€$¥₹]|\b(?:CHF|EUR|GBP|USD) \d|\d (?:€|CHF|EUR|GBP|USD)(?!\w)")
"Where a browser may end a line inside a number."
UNREAD = {"figure", "rowData", "data", "value", "href", "options", "id", "className", "getRowsResponse"}
"Properties that no line of prose is made of: pictures, what the browser writes itself, and what fields hold."
SHOWN = {
    "/segments": ("?tab=explore", "?tab=mine", "?tab=moves"),
    "/products": ("?view=lifecycle", "?view=bundles", "?view=starters"),
    "/retention": ("?metric=value&ahead=on", "?metric=margin"),
    "/data": ("?tab=storage", "?tab=import"),
}
"Views of a page that show other words."


def sentences(node: Any) -> Iterator[str]:
    """Every text that a reader sees or hears."""
    if isinstance(node, dict):
        for name, inner in node.items():
            if name == "data-table" and inner:
                yield from sentences(json.loads(inner))
            elif name not in UNREAD:
                yield from sentences(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from sentences(inner)
    elif isinstance(node, str):
        yield node


def broken(texts: list[str]) -> list[str]:
    """Where lines could end inside a number, with the words around it."""
    told = {text for answer in texts if answer for text in sentences(json.loads(answer))}
    return sorted({text[max(0, at.start() - 50) : at.end() + 30] for text in told for at in ENDS.finditer(text)})


@pytest.mark.slow
def test_no_line_of_any_page_ends_inside_a_number(house: House) -> None:
    seen: list[str] = []
    for path, _ in pages(house):
        for search in ("", *SHOWN.get(path, ())):
            seen += visit(house, path, "admin", search).texts
    assert len(seen) > 60
    assert broken(seen) == [], "\n".join(broken(seen))
