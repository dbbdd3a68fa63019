"""What the models take for granted, and whether these data agree: a warning with its figure, not a verdict.

The purchase models assume that a living customer buys at random at a steady pace. Customers who buy like clockwork are
overdue sooner than such a model thinks; a season makes every horizon richer or poorer than the past it is judged by;
newcomers unlike those before them make the past a poor guide to their future; channels whose customers live by other
parameters are mispredicted both ways by one set.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from dashapp.domain.drift import FOLLOW_DAYS, Drift, drift
from dashapp.domain.pooling import pooling
from dashapp.domain.purchase_days import PurchaseDays
from dashapp.domain.regularity import regularity
from dashapp.domain.seasonality import seasonality
from dashapp.errors import InputError, NotEnoughData


@dataclass(frozen=True)
class Premise:
    """One assumption; `holds` is None where the data are too few to tell."""

    name: str
    title: str
    holds: bool | None
    measured: float | None
    low: float | None
    high: float | None
    sentence: str


def examine(days: PurchaseDays, monthly_sales: pd.Series, customers: pd.DataFrame) -> tuple[Premise, ...]:
    """monthly_sales: money per complete calendar month, indexed by its first day; customers: frequency, recency_days,
    T_days and channel [of the first purchase]."""
    return _random_pace(days), _no_season(monthly_sales), _no_drift(days), _one_base(customers)


def _random_pace(days: PurchaseDays) -> Premise:
    """Erlang-k gaps: k = 1 is random, above 1 more regular."""
    name, title = "random_pace", "Customers buy at random times"
    try:
        found = regularity(days)
    except NotEnoughData as error:
        return Premise(name, title, None, None, None, None, error.message)
    advice = " A model of regular buyers (BG/CNBD-k, MBG/CNBD-k) may fit better." if found.regular else ""
    sentence = (
        f"{found.finding} Regularity k is {found.k:.2f} (95 %: {found.low:.2f} to {found.high:.2f}; 1 is random) in "
        f"{found.pairs:,} pairs of gaps.{advice}"
    )
    return Premise(name, title, not found.regular, found.k, found.low, found.high, sentence)


def _no_season(monthly_sales: pd.Series) -> Premise:
    name, title = "no_season", "No season"
    try:
        found = seasonality(monthly_sales)
    except (NotEnoughData, InputError) as error:
        return Premise(name, title, None, None, None, None, error.message)
    low, high = min(found.index), max(found.index)
    months = [f"{month:%B}" for month in pd.date_range("2000-01-01", periods=12, freq="MS")]
    sentence = f"Months do not differ by more than chance ({_chance(found.p_value)})."
    if found.seasonal:
        sentence = (
            f"Sales follow the calendar ({_chance(found.p_value)}): {months[found.index.index(high)]} sells "
            f"{high:.0%} of an average month, {months[found.index.index(low)]} {low:.0%}. Predicted totals of "
            "a part of the year miss by that."
        )
    return Premise(name, title, not found.seasonal, found.p_value, low, high, sentence)


def _no_drift(days: PurchaseDays) -> Premise:
    name, title = "no_drift", "Newcomers are like earlier customers"
    try:
        found = drift(days)
    except NotEnoughData as error:
        return Premise(name, title, None, None, None, None, error.message)
    gap = found.share - found.share_before
    return Premise(name, title, not found.drifts, gap, *found.share_change, _drift_sentence(found))


def _drift_sentence(found: Drift) -> str:
    whom = "those of the same months a year before" if found.same_season else "all who came before them"
    change, low, high = found.value_change
    money = f"{change:+.0%}, 95 %: {low:+.0%} to {high:+.0%}" if change == change else "unknown"
    sentence = (
        f"Of {found.newcomers:,} customers who came from {found.joined_from} to {found.joined_until}, "
        f"{found.share:.1%} bought again within {FOLLOW_DAYS} days; of {whom} ({found.before:,}) "
        f"{found.share_before:.1%} "
        f"(difference {100 * found.share_change[0]:+.1f} to {100 * found.share_change[1]:+.1f} points). "
        f"First purchase: {money}."
    )
    advice = " One set of parameters fits neither well; watch the backtest of the latest cut-off."
    return sentence + (advice if found.drifts else "")


def _one_base(customers: pd.DataFrame) -> Premise:
    name, title = "one_base", "One set of parameters serves every channel"
    try:
        found = pooling(customers, customers["channel"])
    except NotEnoughData as error:
        return Premise(name, title, None, None, None, None, error.message)
    worth = "more" if found.aic_gain > 0.0 else "not more"
    sentence = (
        f"Parameters of its own for each of {found.groups} channels explain the purchases {worth} than they cost (AIC "
        f"{-found.aic_gain:+,.1f}). With its own, {found.farthest} would be expected to buy {found.change:+.1%} in a "
        "year against everybody's."
    )
    return Premise(name, title, not found.differs, found.change, None, None, sentence)


def _chance(p_value: float) -> str:
    """
    >>> _chance(0.0002), _chance(0.21)
    ('p < 0.001', 'p = 0.210')
    """
    return "p < 0.001" if p_value < 0.001 else f"p = {p_value:.3f}"
