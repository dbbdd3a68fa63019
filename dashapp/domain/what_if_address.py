"""A scenario as an address and as text in fields: what differs from the published assumptions, in a reader's units."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from dashapp.domain.what_if import FACTORS, LONGEST_HORIZON_DAYS, Scenario
from dashapp.errors import FilterError


@dataclass(frozen=True, slots=True)
class Control:
    """One assumption as readers set it."""

    name: str
    "Field of Scenario."
    key: str
    "Name in the address."
    label: str
    unit: str
    slider: tuple[float, float, float] | None
    "Least, most and step; None where there is no natural end."
    times: float = 1.0
    "The reader's number per number of the scenario."
    decimals: int = 2


CONTROLS = (
    Control("gross_margin", "margin", "Margin", "% of net sales; 100 counts revenue", (1, 100, 1), 100.0),
    Control("annual_discount_rate", "rate", "Discount rate", "% a year", (0, 50, 0.5), 100.0),
    Control("horizon_days", "horizon", "Horizon", "days", (1, LONGEST_HORIZON_DAYS, 1), 1.0, 0),
    Control("purchase_rate", "buying", "Purchase rate", "times the present one", (*FACTORS, 0.05)),
    Control("leaving", "leaving", "Drop-out", "times the present one", (*FACTORS, 0.05)),
    Control("order_value", "order", "Average order value", "times the present one", (*FACTORS, 0.05)),
    Control("cac", "cac", "Cost of winning a customer", "money per customer; empty when unknown", None),
)
BY_KEY = {control.key: control for control in CONTROLS}
KEYS = tuple(BY_KEY)
BY_NAME = {control.name: control for control in CONTROLS}


def text_of(control: Control, value: float | None) -> str:
    """A value as a field holds it, plain digits.

    >>> text_of(BY_KEY["margin"], 0.385), text_of(BY_KEY["horizon"], 365), text_of(BY_KEY["cac"], None)
    ('38.5', '365', '')
    """
    return "" if value is None else f"{round(value * control.times, 6):.12g}"


def read(texts: Mapping[str, Any], base: Scenario) -> Scenario:
    """The scenario that fields or an address tell; what is empty is as published. Raises FilterError.

    texts: key of the address to text; other keys are ignored.
    """
    values = {control.name: _value(control, texts.get(control.key), base) for control in CONTROLS}
    return Scenario(**values)


def _value(control: Control, text: Any, base: Scenario) -> Any:
    if text is None or text == "":
        return getattr(base, control.name)
    published = getattr(base, control.name)
    if str(text) == text_of(control, published):
        return published  # not through text and back: the published assumptions give the published value to the cent
    number = _number(control, text) / control.times
    if control.name != "horizon_days":
        return number
    if number != int(number):
        raise FilterError("horizon", "The horizon must be whole days.", "Use 365 for a year.")
    return int(number)


def _number(control: Control, text: Any) -> float:
    try:
        value = float(str(text).replace("%", "").replace(",", ".").strip())
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or abs(value) > 1e12:
        raise FilterError(control.key, f"{control.label} is not a number.", "Write digits, for example 10.")
    return value


def to_query(scenario: Scenario, base: Scenario) -> dict[str, str]:
    """The address: what differs from the published assumptions."""
    names = [item.name for item in fields(Scenario) if getattr(scenario, item.name) != getattr(base, item.name)]
    return {BY_NAME[name].key: text_of(BY_NAME[name], getattr(scenario, name)) for name in names}
