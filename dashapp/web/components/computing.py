"""What panels that compute in the background share: fields for numbers, how they are read, and the bar."""

from __future__ import annotations

import math
from typing import Any

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from dashapp.errors import FilterError
from dashapp.web.components.basics import attrs, field

LONGEST_DAYS = 3650


def number_field(control_id: str, label: str, unit: str) -> Component:
    """A text field, because a number field gives back nothing at all for what it cannot read."""
    return field(label, dbc.Input(id=control_id, type="text", inputmode="decimal", autocomplete="off"), unit)


def bar(bar_id: str) -> Component:
    """How far the work is; its filling is `<bar_id>-fill`."""
    now = attrs(aria_label="Computing", aria_valuemin="0", aria_valuemax="100", aria_valuenow="0")
    filling = html.Div(className="progress-bar", style={"width": "0%"}, id=f"{bar_id}-fill")
    return html.Div(filling, id=bar_id, className="progress", role="progressbar", **now)


def moved(fraction: float, step: str) -> list[Any]:
    """Width and value of the bar, and the step in words."""
    share = f"{min(max(fraction, 0.0), 1.0) * 100:.0f}"
    return [{"width": f"{share}%"}, share, f"{step} ({share} %)"]


def read_number(name: str, label: str, text: Any) -> float:
    """Reads 10, 10 %, 10.5 and 10,5. Raises FilterError naming the field."""
    try:
        value = float(str(text).replace("%", "").replace(",", ".").strip())
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
