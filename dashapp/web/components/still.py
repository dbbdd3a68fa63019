"""What no callback touches, as one component: Dash's renderer asks each component on the page about every change.

A head of a card with its definition, its funnel and its menu is some forty elements, and a page has fourteen of them.
As components of their own they made a redraw a fifth dearer (docs/adr/0040).
"""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component


class Still(Component):
    """Plain elements that stay as they are; assets/50-still.js draws them."""

    _namespace = "tenure_parts"
    _type = "Still"

    def __init__(self, part: Component) -> None:
        self.children = part
        self._prop_names = ["children"]
        self._valid_wildcard_attributes = []

    def to_plotly_json(self) -> dict[str, Any]:
        """Under another name than `children`, of which the renderer would make components."""
        props = {"tree": _tree(self.children)}
        return {"type": self._type, "namespace": self._namespace, "props": props}


class Held(Component):
    """A value under an id that callbacks write and read, drawn as nothing.

    `dcc.Store` answers each change by telling the time of it, about which every component of the page is asked again.
    """

    _namespace = "tenure_parts"
    _type = "Held"

    def __init__(self, id: str, data: Any) -> None:
        self.id = id
        self.data = data
        self._prop_names = ["id", "data"]
        self._valid_wildcard_attributes = []


def still(part: Component) -> Component:
    """`part`, of plain elements only, as one component. Nothing in it can be an input or output of a callback."""
    return Still(part)


def _tree(part: Any) -> Any:
    """The elements with type and props. Raises TypeError for what is more than an element."""
    if isinstance(part, (list, tuple)):
        return [_tree(each) for each in part]
    if not isinstance(part, Component):
        return part
    if part._namespace != html.Div._namespace:
        raise TypeError(f"{part._type} of {part._namespace} is no plain element.")
    told: dict[str, Any] = part.to_plotly_json()  # type: ignore[no-untyped-call]
    return {"type": told["type"], "props": told["props"] | {"children": _tree(told["props"].get("children"))}}
