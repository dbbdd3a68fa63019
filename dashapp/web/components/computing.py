"""What panels that compute in the background share: fields for numbers, how they are read, buttons, bar and answer."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import dash_bootstrap_components as dbc
from dash import Input, Output, State, html, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashapp import written
from dashapp.errors import FilterError, TenureError
from dashapp.web.background import Computation, Plan
from dashapp.web.components.basics import attrs, button, field

if TYPE_CHECKING:
    from dashapp.web.door import Door

LONGEST_DAYS = 3650


def number_field(control_id: str, label: str, unit: str, value: str | None = None) -> Component:
    """A text field, because a number field gives back nothing at all for what it cannot read."""
    box = dbc.Input(id=control_id, type="text", inputmode="decimal", autocomplete="off", value=value)
    return field(label, box, unit)


@dataclass(frozen=True, slots=True)
class Panel:
    """The part below the fields of a panel: start, cancel, bar, message and result, and the callback between them."""

    name: str
    "First part of every id."

    def layout(self, verb: str) -> list[Component]:
        """verb: what the button says that starts the work."""
        buttons = [
            button(verb, "primary", "calculator", id=self._id("go")),
            button("Cancel", id=self._id("stop"), disabled=True),
        ]
        step = html.P(id=self._id("step"), className="hint")
        return [
            html.Div(buttons, className="recompute-buttons"),
            html.Div([self._bar(), step], id=self._id("box"), hidden=True),
            html.P(id=self._id("message"), role="status", className="recompute-message", **attrs(aria_live="polite")),
            html.Div(id=self._id("result")),
        ]

    def _bar(self) -> Component:
        now = attrs(aria_label="Computing", aria_valuemin="0", aria_valuemax="100", aria_valuenow="0")
        filling = html.Div(className="progress-bar", style={"width": "0%"}, id=self._id("bar-fill"))
        return html.Div(filling, id=self._id("bar"), className="progress", role="progressbar", **now)

    def wire(self, door: Door, computation: Computation, fields: Sequence[State], planned: Callable[..., Plan]) -> None:
        """`computation` shows a result and a message; `planned` gets the values of the fields."""
        go, stop, box = self._id("go"), self._id("stop"), self._id("box")
        bar = [
            Output(self._id("bar-fill"), "style"),
            Output(self._id("bar"), "aria-valuenow"),
            Output(self._id("step"), "children"),
        ]

        @door.background(
            Output(self._id("result"), "children"),
            Output(self._id("message"), "children"),
            Input(go, "n_clicks"),
            *fields,
            requires="compute:run",
            cancel=[Input(stop, "n_clicks")],
            running=[(Output(go, "disabled"), True, False), (Output(stop, "disabled"), False, True),
                     (Output(box, "hidden"), False, True)],
            **computation.options(progress=bar),
        )  # fmt: skip
        @computation.planned
        def _(clicks: int | None, *values: Any) -> Plan:
            if not clicks:
                raise PreventUpdate
            return planned(*values)

    def _id(self, part: str) -> str:
        return f"{self.name}-{part}"


def failed(error: TenureError) -> list[Any]:
    """The old result stays; the message says what happened."""
    return [no_update, written.local(error.sentence())]


def moved(fraction: float, step: str) -> list[Any]:
    """Width and value of the bar, and the step in words."""
    share = f"{min(max(fraction, 0.0), 1.0) * 100:.0f}"
    return [{"width": f"{share}%"}, share, f"{step} ({written.percent(int(share) / 100, 0)})"]


def read_number(name: str, label: str, text: Any) -> float:
    """Reads 10, 10 %, 10.5 and 10,5. Raises FilterError naming the field."""
    try:
        value = float(written.plain(str(text)))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise FilterError(name, f"{label} is not a number.", "Write digits, for example 10.")
    return value


def whole_days(text: Any) -> int:
    """A horizon. Raises FilterError."""
    days = read_number("horizon", "The horizon", text)
    if days != int(days) or not 1 <= days <= LONGEST_DAYS:
        raise FilterError("horizon", f"The horizon must be 1 to {LONGEST_DAYS:,} whole days.", "Use 365 for a year.")
    return int(days)
