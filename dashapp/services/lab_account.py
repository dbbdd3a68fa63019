"""What the lab says of a scenario, as figures: the same for the page, the comparison and the file."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dashapp.domain.filters import Filters
from dashapp.domain.what_if import Newcomer, Scenario, newcomer
from dashapp.domain.what_if_address import BY_NAME, CONTROLS, text_of
from dashapp.services.lab import Lab, ask
from dashapp.store.snapshot import Snapshot

STAMP = "Assumption, not a forecast"
STEPS = 12
"Points of the curve over the horizon after its start."


@dataclass(frozen=True)
class Account:
    """One scenario on one population."""

    scenario: Scenario
    base: Scenario
    customers: int
    base_value: float
    base_band: tuple[float, float] | None
    value: float
    band: tuple[float, float] | None
    "80 %: what parameters and chance leave open if the assumptions hold."
    contributions: dict[str, float]
    days: tuple[int, ...]
    by_horizon: tuple[float, ...]
    base_by_horizon: tuple[float, ...]
    newcomer: Newcomer | None
    first_orders: int

    @property
    def difference(self) -> float:
        return self.value - self.base_value


def account(snapshot: Snapshot, filters: Filters, scenario: Scenario) -> Account:
    """Raises NotEnoughData."""
    return of(ask(snapshot, filters), scenario)


def of(lab: Lab, scenario: Scenario) -> Account:
    """The figures of a scenario on customers that were asked for already."""
    people, base = lab.population, lab.curves.base
    days = np.unique(np.round(np.linspace(0, max(scenario.horizon_days, base.horizon_days), STEPS + 1)))[1:]
    won = None if lab.first_order is None else newcomer(lab.curves, lab.first_order, scenario)
    return Account(
        scenario, base, people.customers, people.value(base), people.band(base), people.value(scenario),
        people.band(scenario), people.contributions(scenario), tuple(int(day) for day in days),
        tuple(people.by_horizon(scenario, days)), tuple(people.by_horizon(base, days)), won, lab.first_orders,
    )  # fmt: skip


def rows(name: str, found: Account, population: str) -> list[dict[str, object]]:
    """One scenario as lines of the file: plain numbers, every line stamped."""
    parts, over_time = found.contributions.items(), zip(found.days, found.by_horizon, strict=True)
    values: list[tuple[str, float | None, str]] = [
        *((item.label, _plain(item.name, found.scenario), item.unit) for item in CONTROLS),
        ("Customers", found.customers, "customers"),
        ("Published value", found.base_value, "money"),
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
