"""The assumptions of the lab: a number field and a slider for each, one value between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from dashapp import written
from dashapp.domain.what_if import Scenario
from dashapp.domain.what_if_address import CONTROLS, KEYS, Control, text_of
from dashapp.web.components.basics import attrs
from dashapp.web.components.ids import ids

NUMBERS = dict(zip(KEYS, ids("lab", *KEYS), strict=True))
SLIDERS = {control.key: f"lab-{control.key}-slider" for control in CONTROLS if control.slider}
"The cost of winning a customer has no natural end, so it has no slider."
PAUSE_SECONDS = 0.25
"What is typed or dragged is read when it rests for this long."


def layout() -> Component:
    """The fields, empty until the published assumptions are known."""
    return html.Fieldset(
        [html.Legend("Assumptions", className="visually-hidden"), *(_control(control) for control in CONTROLS)],
        className="lab-controls",
    )


def _control(control: Control) -> Component:
    number, unit_id = NUMBERS[control.key], f"{NUMBERS[control.key]}-unit"
    parts = [
        html.Label(control.label, htmlFor=number, className="form-label"),
        dbc.Input(id=number, type="text", inputmode="decimal", autocomplete="off", debounce=PAUSE_SECONDS),
    ]
    if control.slider:
        low, high, step = control.slider
        slider = SLIDERS[control.key]
        parts += [
            html.Label(f"{control.label}, slider", htmlFor=slider, className="visually-hidden"),
            dbc.Input(
                id=slider, type="range", min=low, max=high, step=step, debounce=PAUSE_SECONDS, className="form-range"
            ),
        ]
    return html.Div([*parts, html.Div(control.unit, id=unit_id, className="form-text")], className="field")


def asked(trigger: str | None, numbers: Mapping[str, Any], sliders: Mapping[str, Any], seed: Any) -> dict[str, Any]:
    """The text of every control: as typed, or of the slider that was moved; as the address says while all are empty.

    trigger: id of the control that changed.
    """
    if all(value is None for value in numbers.values()):
        return {key: seed.get(key) for key in KEYS} if isinstance(seed, dict) else dict.fromkeys(KEYS)
    typed = {key: written.plain(str(text)) if text else text for key, text in numbers.items()}
    moved = {key: sliders[key] for key, slider in SLIDERS.items() if slider == trigger}
    return {**typed, **moved}


def texts(scenario: Scenario) -> list[str]:
    """What the number fields hold, in order of KEYS."""
    return [written.digits(text_of(control, getattr(scenario, control.name))) for control in CONTROLS]


def positions(scenario: Scenario) -> list[float]:
    """Where the sliders stand, in order of SLIDERS."""
    return [float(text_of(control, getattr(scenario, control.name))) for control in CONTROLS if control.slider]


def published(base: Scenario) -> Component:
    """What the fields were filled with."""
    told = zip(CONTROLS[:3], texts(base), strict=False)
    parts = [f"{control.label.lower()} {text} {control.unit.split(';')[0]}" for control, text in told]
    return html.P([written.held(f"Published: {', '.join(parts)}.")], className="hint", **attrs(data_published="true"))
