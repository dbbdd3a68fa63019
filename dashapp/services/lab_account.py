"""What the lab says of a scenario, as figures: the same for the page, the comparison and the file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from dashapp.domain.filters import Filters
from dashapp.domain.what_if import Newcomer, Scenario, newcomer
from dashapp.domain.what_if_address import BY_NAME, CONTROLS, text_of
from dashapp.services.lab import Lab, ask
from dashapp.store.metrics import metric
from dashapp.store.snapshot import Snapshot

STAMP = "Assumption, not a forecast"
BASE = metric("residual_value").label
"What the sum of predicted value is called on every page."
MEASURES = {
    "Customers": "Who is meant: the customers of the population that have a prediction.",
    BASE: "Their predicted value as published, discounted, times the gross margin.",
    "Scenario value": "The same under the assumptions of the scenario, with its 80 % band.",
    "Difference": "Scenario value less the value of the base.",
    "Per customer": "Scenario value divided by the customers.",
    "Contribution of ...": "What one assumption adds; the contributions sum to the difference.",
    "Value of the first ... days": "The part of the scenario value that comes in until then.",
    "Value of a newly won customer": "Of somebody who buys for the first time, under the assumptions.",
    "CLV to CAC": "That value divided by the cost of winning a customer.",
    "Payback": "Months until that value has reached the cost of winning a customer.",
}
"What the lines of the file mean, beyond the assumptions themselves."
STEPS = 12
"Points of the curve over the horizon after its start."


@dataclass(frozen=True)
class Account:
    """One scenario on one population. What it tells is worked out when first asked for."""

    lab: Lab
    scenario: Scenario

    @property
    def base(self) -> Scenario:
        """The published assumptions."""
        return self.lab.curves.base

    @property
    def customers(self) -> int:
        return self.lab.population.customers

    @property
    def first_orders(self) -> int:
        return self.lab.first_orders

    @cached_property
    def base_value(self) -> float:
        return self.lab.population.value(self.base)

    @cached_property
    def value(self) -> float:
        return self.lab.population.value(self.scenario)

    @property
    def difference(self) -> float:
        return self.value - self.base_value

    @cached_property
    def base_band(self) -> tuple[float, float] | None:
        return self.lab.population.band(self.base)

    @cached_property
    def band(self) -> tuple[float, float] | None:
        """80 %: what parameters and chance leave open if the assumptions hold."""
        return self.lab.population.band(self.scenario)

    @cached_property
    def contributions(self) -> dict[str, float]:
        return self.lab.population.contributions(self.scenario)

    @cached_property
    def days(self) -> tuple[int, ...]:
        """Ends of the steps to the longer of both horizons."""
        longest = max(self.scenario.horizon_days, self.base.horizon_days)
        return tuple(int(day) for day in np.unique(np.round(np.linspace(0, longest, STEPS + 1)))[1:])

    def by_horizon(self, scenario: Scenario) -> tuple[float, ...]:
        """Value of the first of `days`, for each of them."""
        return tuple(self.lab.population.by_horizon(scenario, np.array(self.days, dtype=float)))

    @cached_property
    def newcomer(self) -> Newcomer | None:
        first = self.lab.first_order
        return None if first is None else newcomer(self.lab.curves, first, self.scenario)


def account(snapshot: Snapshot, filters: Filters, scenario: Scenario) -> Account:
    """The figures of a scenario on the customers under the filters. Raises NotEnoughData."""
    return Account(ask(snapshot, filters), scenario)


def rows(name: str, found: Account, population: str) -> list[dict[str, object]]:
    """One scenario as lines of the file: plain numbers, every line stamped."""
    parts, over_time = found.contributions.items(), zip(found.days, found.by_horizon(found.scenario), strict=True)
    values: list[tuple[str, float | None, str]] = [
        *((item.label, _plain(item.name, found.scenario), item.unit) for item in CONTROLS),
        ("Customers", found.customers, "customers"),
        (BASE, found.base_value, "money"),
        ("Scenario value", found.value, "money"),
        ("Scenario value, low (80 %)", found.band[0] if found.band else None, "money"),
        ("Scenario value, high (80 %)", found.band[1] if found.band else None, "money"),
        ("Difference", found.difference, "money"),
        ("Per customer", found.value / found.customers, "money"),
        *((f"Contribution of {BY_NAME[key].label.lower()}", part, "money") for key, part in parts),
        *((f"Value of the first {day} days", worth, "money") for day, worth in over_time),
    ]  # fmt: skip
    if found.newcomer:
        values.append(("Value of a newly won customer", found.newcomer.value, "money"))
        values.append(("CLV to CAC", found.newcomer.ratio, "ratio"))
        values.append(("Payback", found.newcomer.payback_months, "months"))
    stamp = {"Scenario": name, "Customers chosen": population}
    return [stamp | {"Measure": what, "Value": value, "Unit": unit, "Note": STAMP} for what, value, unit in values]


def _plain(name: str, scenario: Scenario) -> float | None:
    text = text_of(BY_NAME[name], getattr(scenario, name))
    return float(text) if text else None


def file(named: list[tuple[str, Account, str]]) -> pd.DataFrame:
    """Scenarios under their names and populations, one line a measure."""
    return pd.DataFrame([row for name, found, population in named for row in rows(name, found, population)])
