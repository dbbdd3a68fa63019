"""What stands where a figure cannot: always what happened, why, and what to do next. Never a blank."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from dash import html
from dash.development.base_component import Component

from dashapp.charts.chart import Note
from dashapp.services.spared import Failure, spared
from dashapp.web.components.basics import attrs, icon

Kind = Literal["empty", "insufficient", "unavailable", "error"]
_ICONS = {
    "empty": "inbox",
    "insufficient": "hourglass-split",
    "unavailable": "slash-circle",
    "error": "exclamation-triangle",
}
_WORDS = {"empty": "Nothing here", "insufficient": "Not enough data", "unavailable": "Not available", "error": "Failed"}


def panel(kind: Kind, text: str, next_step: str = "", action: Any = None) -> Component:
    """One state panel; an error is announced, the others are read in place."""
    lines = [html.P([html.Strong(f"{_WORDS[kind]}. "), text])]
    lines += [html.P(next_step, className="hint")] if next_step else []
    lines += [action] if action is not None else []
    role = "alert" if kind == "error" else None
    return html.Div([icon(_ICONS[kind]), html.Div(lines)], className=f"state state-{kind}", role=role)


def empty(text: str, next_step: str = "", action: Any = None) -> Component:
    """There are rows, but none in this view."""
    return panel("empty", text, next_step, action)


def insufficient(text: str, next_step: str = "") -> Component:
    """There are rows, but too few for an honest answer."""
    return panel("insufficient", text, next_step)


def unavailable(text: str, next_step: str = "", action: Any = None) -> Component:
    """The input was never loaded."""
    return panel("unavailable", text, next_step, action)


def as_known(part: Callable[[], Any]) -> Any:
    """A part of a page, or a panel in its place where it failed or an earlier version's snapshot does not have it."""
    return spared(getattr(part, "__qualname__", "part"), part, failed)


def error(text: str, next_step: str = "") -> Component:
    """Something failed; `text` names the request id so that the log line can be found."""
    return panel("error", text, next_step)


def failed(failure: Failure) -> Component:
    """The panel for a part of a page that failed."""
    return panel(failure.kind, failure.text, failure.next_step, again() if failure.kind == "error" else None)


def again() -> Component:
    """The button that asks once more for the part of the page it stands in (assets/58-again.js)."""
    return html.Button("Try again", type="button", className="btn btn-outline btn-small", **attrs(data_action="again"))


def from_note(note: Note) -> Component:
    """The panel for a chart that says why it is not there."""
    return panel(note.kind, note.text, note.next_step, again() if note.kind == "error" else None)
