"""One SQL file = one key figure: card, export, report and glossary read the same file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from dashapp import written
from dashapp.discovery import documents
from dashapp.domain.filters import Filters
from dashapp.domain.ranges import LOOK_NEW, Period, known_new_from
from dashapp.domain.validity import Validity
from dashapp.domain.vocabulary import Basis
from dashapp.store.facts import Facts
from dashapp.store.query import Query, find

METRICS = Path(__file__).with_name("metrics")
UNITS = ("money", "count", "share", "days", "ratio")
DIRECTIONS = ("up", "down", "neutral")
MISSING = {
    "orders": "Not available, because customers were loaded as summaries. Load orders.",
    "costs": "Not available, because no product costs were loaded. Load a product list with unit costs.",
    "spend": "Not available, because no marketing spend was loaded. Load spend per day and channel.",
    "events": "Not available, because no engagement events were loaded. Load visits or logins per customer.",
    "contracts": "Not available, because no contracts were loaded. Load contracts with their start and cancellation.",
}
NOT_VALID = "Not shown, because predicted value is not valid on these data."


@dataclass(frozen=True, slots=True)
class Metric:
    """A key figure: how it is called, counted and judged."""

    name: str
    label: str
    unit: str
    "One of UNITS."
    better: str
    "Which direction is good: one of DIRECTIONS."
    definition: str
    formula: str
    customers: str
    "Who is in it: a word of services.behind, none where it counts something else."
    requires: tuple[str, ...]
    "Without which there is no figure: one of MISSING, or `value`, predictions that may be put in money."
    query: Query

    @property
    def number(self) -> str:
        """What it is called among all numbers."""
        return f"metric/{self.name}"

    def missing(self, filters: Filters, facts: Facts) -> str:
        """Why this figure cannot be given on this snapshot; empty when it can."""
        available = {
            "costs": facts.has_costs, "spend": facts.has_spend, "events": facts.has_events,
            "contracts": facts.has_contracts, "orders": facts.has_orders,
        }  # fmt: skip
        margin = "{value}" in self.query.sql and filters.basis is Basis.GROSS_MARGIN
        needed = (*self.requires, "costs") if margin else self.requires
        if "value" in needed and facts.validity == Validity.NOT_VALID:
            return f"{NOT_VALID} {written.local(facts.validity_reason)}"
        return next((MISSING[name] for name in needed if not available.get(name, True)), "")

    def comparison(self, filters: Filters, facts: Facts) -> Period | None:
        """The earlier period to compare with: only one that was observed from its first day."""
        earlier = filters.comparison(facts.observed_until) if "period" in self.query.filters else None
        return earlier if earlier and earlier.start >= facts.observed_from else None

    def doubt(self, earlier: Period | None, facts: Facts) -> str:
        """Why the value of that earlier period is no measure of this one; empty where it is one."""
        if earlier is None or self.customers != "new":
            return ""
        return LOOK_NEW if earlier.start < known_new_from(facts.observed_from) else ""


@dataclass(frozen=True, slots=True)
class MetricValue:
    """A figure on one snapshot under one set of filters; None where it does not exist, and then `reason` says why."""

    value: float | None
    previous: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    reason: str = ""
    against: str = ""
    "What `previous` is of, or why there is none, where that is not the period the page compares with."
    failed: bool = False
    "It may be there when asked again."
    doubt: str = ""
    "Why `previous` is no measure of the value, in the middle of a sentence."


def names() -> tuple[str, ...]:
    """Every key figure there is."""
    return tuple(documents(METRICS))


@lru_cache(maxsize=256)
def metric(name: str) -> Metric:
    """The key figure called `name`. Raises NotFound, ValueError on an unusable header."""
    query = find(name, METRICS)
    head = query.headers
    if head["unit"] not in UNITS or head["better"] not in DIRECTIONS:
        raise ValueError(f"{name}.sql: unit must be one of {UNITS}, better one of {DIRECTIONS}")
    requires = tuple(head.get("requires", "").split())
    return Metric(
        name, head["label"], head["unit"], head["better"], head["definition"], head["formula"],
        head.get("customers", "none"), requires, query,
    )  # fmt: skip
