"""Controls whose value stands in the address, so that a link, a reload and the back button find it again.

`kept` names the key; assets/53-kept.js writes it when the reader changes the control. The page reads it in `layout`,
and names it there or in `Page(keys=...)`.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashapp.web.components.basics import attrs

LONGEST = 200


def kept(key: str, control: Component, usual: str = "") -> Component:
    """The control, or several boxes of one, under `key`; `usual` is what an address without the key means, where that
    is known before the data are asked."""
    return html.Div(control, className="kept", **attrs(data_keeps=key, data_usual=usual))


def text_of(given: Any, usual: str | None = None) -> str | None:
    """What an address gives for a field that anything may be typed into."""
    return given if isinstance(given, str) and 0 < len(given) <= LONGEST else usual


def one_of(known: Collection[str], given: Any, usual: str) -> str:
    """What an address gives for a choice."""
    return given if isinstance(given, str) and given in known else usual
