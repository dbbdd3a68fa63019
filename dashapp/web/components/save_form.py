"""Keeping customers as a segment: the form, wherever a view can be saved, and what is said when it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import State, html
from dash.development.base_component import Component

from dashapp.domain.filters import Filters
from dashapp.errors import InputError, NotAllowed, NotFound
from dashapp.services.segments import LONGEST_NAME, MAY_SAVE
from dashapp.store.segments import SavedSegment
from dashapp.web import asof, identity
from dashapp.web import format as fmt
from dashapp.web.components.basics import button, field, icon, link, select
from dashapp.web.components.ids import ids
from dashapp.web.components.segment_tabs import PATH, customers_href

KINDS = {"dynamic": "Whoever meets them (dynamic)", "static": "Those who meet them now (fixed list)"}
VISIBILITIES = {"private": "Only me", "team": "The team"}


@dataclass(frozen=True, slots=True)
class Given:
    """What a reader filled in; anything that is no text is empty."""

    name: str
    kind: str
    visibility: str

    @classmethod
    def read(cls, *values: Any) -> Given:
        return cls(*(value if isinstance(value, str) else "" for value in values))


class SaveForm:
    """The form of one page; `page` is the first part of its ids."""

    def __init__(self, page: str) -> None:
        self.name, self.kind, self.visibility, self.save, self.said = ids(
            page, "name", "kind", "visibility", "save", "said"
        )

    @property
    def states(self) -> list[State]:
        """What is filled in, in the order of `Given`."""
        return [State(part, "value") for part in (self.name, self.kind, self.visibility)]

    def layout(self, now: Given, label: str, *, with_kind: bool = True) -> list[Component]:
        """The form for those who may save; for others its parts are there, hidden, and a line says so."""
        may = identity.principal().may(MAY_SAVE)
        kind, visibility = now.kind if now.kind in KINDS else "dynamic", now.visibility
        parts = [
            field(
                "Name", dbc.Input(id=self.name, type="text", value=now.name, maxLength=LONGEST_NAME, autoComplete="off")
            ),
            html.Div(select(self.kind, "Who is in it", KINDS, kind), hidden=not with_kind),
            select(
                self.visibility, "Who sees it", VISIBILITIES, visibility if visibility in VISIBILITIES else "private"
            ),
            button(label, "primary", "bookmark", id=self.save),
        ]
        words = [] if may else [html.P("Your role can look; saving takes the role analyst.", className="hint")]
        return [
            *words,
            html.Div(parts, className="builder-form", hidden=not may),
            html.Div(id=self.said, role="status"),
        ]


def attempt(save: Callable[[], SavedSegment]) -> Component:
    """What became of it: the segment with the ways on, or why it was refused."""
    try:
        return saved(save())
    except (InputError, NotFound, NotAllowed) as error:
        return html.P(error.sentence(), className="notice", role="alert")


def saved(segment: SavedSegment) -> Component:
    """A saved segment and the ways on from it."""
    view = Filters(saved=(segment.definition,))
    query = urlencode(view.to_query() | asof.address())
    ways = [
        link("Open in Customers", customers_href(view), className="btn btn-outline"),
        html.A(
            [icon("download"), "CSV"], href=f"/export/customers.zip?{query}", className="btn btn-outline needs-exports"
        ),
        link("My segments", f"{PATH}?tab=mine", className="btn btn-quiet"),
    ]
    words = f"{segment.name} is saved: {fmt.number(segment.customers)} customers, version {segment.version}."
    return html.Div([html.P(words), html.Div(ways, className="row-actions")], className="said-line")
