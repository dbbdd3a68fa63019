"""What the test of the health score leaves behind, as rows of the schema `backtest`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class HealthVerdictRow:
    """One row: what today's health score is made of, and why."""

    used: str
    "'health', 'platt' or 'p_active'; empty where there was no cut-off to measure it at."
    sentence: str
    horizon_days: int
    "Days ahead it was tested at; 0 without a cut-off."
    learned_horizon_days: int
    "Days ahead that the weights of the untouched test were learnt on; 0 where there was nothing to learn from."
    high_below: float
    "Scores below are high risk."
    low_from: float
    "Scores from here on are low risk."
    are_separated: bool
    "The bands were ordered at the untouched cut-off and their 95 % intervals did not overlap."
    bands_sentence: str
    model: str
    "JSON of a dashapp.domain.health.HealthModel, trained on all cut-offs; empty without a cut-off."


@dataclass(frozen=True)
class HealthRow:
    """A metric of one probability of buying at one cut-off, with 95 % bootstrap intervals paired by customer."""

    origin: int
    "As in backtest.origins; whatever is tested here was learnt from days up to that cut-off."
    predictor: str
    metric: str
    "'auc', 'brier' or 'ece'."
    customers: int
    value: float
    low: float
    high: float
    difference: float
    "Value minus that of p_active; NaN for p_active itself, as the next two."
    difference_low: float
    difference_high: float


@dataclass(frozen=True)
class HealthBandRow:
    """How many of a risk band bought at the untouched cut-off, with Wilson's 95 % interval."""

    band: str
    score_from: float
    score_to: float
    customers: int
    active_customers: int
    rate: float
    low: float
    high: float


@dataclass(frozen=True)
class HealthAblationRow:
    """What the score loses at the untouched cut-off without one of its terms."""

    term: str
    weight: float
    "Log-odds per standard deviation."
    brier_without: float
    "Brier of a score learnt without the term minus that of the score; above 0 the term helps."
    auc_without: float
    "AUC likewise; below 0 the term helps."
    brier_shuffled: float
    "The same where the score stays and the term is dealt out to the customers at random."
    auc_shuffled: float
