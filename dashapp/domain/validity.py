"""Whether predicted money may be believed on these data: explicit rules, each with what it found and what it needs.

A rule that fails says what follows from it. Not valid: no predicted money is shown anywhere, because too little is
known to put a number on it, or because not even the order of customers was right. Ranking only: the order can be used,
the amounts are doubtful.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dashapp.domain.model import Status


class Validity(StrEnum):
    """What predicted values may be used for."""

    VALID = "valid"
    RANKING_ONLY = "ranking_only"
    NOT_VALID = "not_valid"

    @property
    def label(self) -> str:
        return {"valid": "Valid", "ranking_only": "Ranking only", "not_valid": "Not valid"}[self.value]


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """What must hold; every field is a setting of the installation."""

    min_customers: int = 500
    "Customers with a purchase."
    min_repeaters: int = 100
    "Customers who bought on two days or more."
    min_days: int = 180
    "Days observed."
    min_horizons: float = 2.0
    "Days observed, in horizons: one to learn from and one to be judged on."
    max_correlation: float = 0.3
    "Of frequency and spend, absolute."
    min_gini: float = 0.10
    "Of value in the backtest, normalised: 0 is the order of chance, 1 the true one."
    max_total_error: float = 0.20
    "Mean over the cut-offs of the backtest of |predicted / actual money - 1|."
    max_coverage_error: float = 0.05
    "Mean over the cut-offs of how much fewer customers than promised lay inside the interval."


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What is known when the scores are made; None where it could not be measured."""

    customers: int
    repeaters: int
    observed_days: int
    horizon_days: int
    new_customers_per_day: float
    "Over the last 90 days, for how long until there are enough."
    new_repeaters_per_day: float
    purchases_status: Status | None
    "None where no model could be fitted, as for spend."
    spend_status: Status | None
    at_bound: bool
    correlation: float | None
    gini: float | None
    total_error: float | None
    coverage_error: float | None


@dataclass(frozen=True)
class Finding:
    """One rule on these data."""

    rule: str
    title: str
    passed: bool
    consequence: Validity
    "What predictions are when this rule fails."
    measured: float | None
    needed: float
    sentence: str
    "What was found and what is needed, for a reader."
    days_until: int | None = None
    "When it will hold if the shop goes on as in the last 90 days; None when that cannot be told."


@dataclass(frozen=True)
class Verdict:
    """The worst consequence of a failed rule, and every finding."""

    findings: tuple[Finding, ...]

    @property
    def state(self) -> Validity:
        failed = {finding.consequence for finding in self.findings if not finding.passed}
        return next((state for state in (Validity.NOT_VALID, Validity.RANKING_ONLY) if state in failed), Validity.VALID)

    @property
    def sentence(self) -> str:
        """Why, in one breath; the reasons of the worst state only."""
        if self.state is Validity.VALID:
            return "Every rule for using these predictions holds."
        reasons = [item.sentence for item in self.findings if not item.passed and item.consequence is self.state]
        return " ".join(reasons)


Rule = Callable[[Evidence, Thresholds], Finding]


def judge(evidence: Evidence, thresholds: Thresholds | None = None) -> Verdict:
    """Every rule applied. Something that could not be measured fails its rule: no evidence is no licence."""
    limits = thresholds or Thresholds()
    return Verdict(tuple(rule(evidence, limits) for rule in RULES))


def _customers(evidence: Evidence, limits: Thresholds) -> Finding:
    return _enough(
        "enough_customers", "Enough customers", ("customer", "with a purchase"),
        evidence.customers, limits.min_customers, evidence.new_customers_per_day,
    )  # fmt: skip


def _repeaters(evidence: Evidence, limits: Thresholds) -> Finding:
    return _enough(
        "enough_repeaters", "Enough repeat buyers", ("customer", "who bought again"),
        evidence.repeaters, limits.min_repeaters, evidence.new_repeaters_per_day,
    )  # fmt: skip


def _days(evidence: Evidence, limits: Thresholds) -> Finding:
    return _enough("enough_days", "Enough days", ("day", "of data"), evidence.observed_days, limits.min_days, 1.0)


def _horizons(evidence: Evidence, limits: Thresholds) -> Finding:
    needed = math.ceil(limits.min_horizons * evidence.horizon_days)
    missing = needed - evidence.observed_days
    sentence = (
        f"{evidence.observed_days:,} days of data for a horizon of {evidence.horizon_days:,} days; "
        f"{limits.min_horizons:g} horizons ({needed:,} days) are needed to test it at its full length."
    )
    return Finding(
        "enough_horizons", "Data for the horizon", missing <= 0, Validity.RANKING_ONLY, evidence.observed_days, needed,
        sentence, max(missing, 0),
    )  # fmt: skip


def _fitted(evidence: Evidence, limits: Thresholds) -> Finding:
    statuses = (evidence.purchases_status, evidence.spend_status)
    found = [status for status in statuses if status is not None and status is not Status.NOT_CONVERGED]
    sentence = "Both models found their optimum." if len(found) == 2 else "A model found no optimum on these data."
    return Finding(
        "models_fitted", "Models fitted", len(found) == 2, Validity.NOT_VALID, float(len(found)), 2.0, sentence
    )


def _inside_bounds(evidence: Evidence, limits: Thresholds) -> Finding:
    doubtful = evidence.at_bound or Status.REGULARISED in (evidence.purchases_status, evidence.spend_status)
    doubtful |= Status.FALLBACK in (evidence.purchases_status, evidence.spend_status)
    sentence = "Every parameter is determined by the data."
    if doubtful:
        sentence = "The data alone leave a parameter undetermined, so the amounts lean on an assumption."
    return Finding(
        "parameters_determined", "Parameters determined", not doubtful, Validity.RANKING_ONLY, float(doubtful), 0.0,
        sentence,
    )  # fmt: skip


def _correlation(evidence: Evidence, limits: Thresholds) -> Finding:
    return _within(
        "spend_independent", "Spend independent of frequency", evidence.correlation, limits.max_correlation,
        "Spend and frequency correlate by {measured:+.2f}; up to {limit:.2f} either way the spend model holds.",
        "The correlation of spend and frequency could not be measured.",
    )  # fmt: skip


def _ranking(evidence: Evidence, limits: Thresholds) -> Finding:
    """Where the best customers by prediction were not the best, not even the order may be used."""
    rule, title = "ranking_right", "Ranking right in the backtest"
    if evidence.gini is None or not math.isfinite(evidence.gini):
        unknown = "There is no backtest of the ranking yet."
        return Finding(rule, title, False, Validity.RANKING_ONLY, None, limits.min_gini, unknown)
    sentence = (
        f"In the backtest the order of customers had a Gini of {evidence.gini:.2f} (0 is chance, 1 the true order); "
        f"{limits.min_gini:.2f} is needed."
    )
    passed = evidence.gini >= limits.min_gini
    return Finding(rule, title, passed, Validity.NOT_VALID, evidence.gini, limits.min_gini, sentence)


def _total_error(evidence: Evidence, limits: Thresholds) -> Finding:
    return _within(
        "total_right", "Total right in the backtest", evidence.total_error, limits.max_total_error,
        "In the backtest the predicted total was off by {measured:.1%} on average; up to {limit:.0%} is accepted.",
        "There is no backtest of the total yet.",
    )  # fmt: skip


def _coverage(evidence: Evidence, limits: Thresholds) -> Finding:
    return _within(
        "intervals_honest", "Intervals honest in the backtest", evidence.coverage_error, limits.max_coverage_error,
        "In the backtest the share of customers inside the intervals fell short of the promise by {measured:.1%} on "
        "average; up to {limit:.0%} is accepted.",
        "There is no backtest of the intervals yet.",
    )  # fmt: skip


RULES: Sequence[Rule] = (
    _customers, _repeaters, _days, _horizons, _fitted, _inside_bounds, _correlation, _ranking, _total_error,
    _coverage,
)  # fmt: skip


def _enough(rule: str, title: str, what: tuple[str, str], measured: int, needed: int, per_day: float) -> Finding:
    """Too few of something that grows with time; `what` is the noun of one and the rest."""
    missing = needed - measured
    sentence = f"{measured:,} {what[0]}{'s' * (measured != 1)} {what[1]}; {needed:,} are needed."
    days_until = 0 if missing <= 0 else math.ceil(missing / per_day) if per_day > 0 else None
    return Finding(rule, title, missing <= 0, Validity.NOT_VALID, measured, needed, sentence, days_until)


def _within(rule: str, title: str, measured: float | None, limit: float, told: str, unknown: str) -> Finding:
    """An error that must be small; what is not known is not small."""
    if measured is None or not math.isfinite(measured):
        return Finding(rule, title, False, Validity.RANKING_ONLY, None, limit, unknown)
    sentence = told.format(measured=measured, limit=limit)
    return Finding(rule, title, abs(measured) <= limit, Validity.RANKING_ONLY, measured, limit, sentence)
