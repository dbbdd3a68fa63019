"""The health score: what a customer's own past adds to the purchase model's probability of buying again.

log-odds of the score = logit(p_active) + level + sum of weight x standardised term. The weights are learnt by a ridge
logistic regression with logit(p_active) as offset, at cut-offs whose outcome is known; each cut-off has its own level
there, so that a season teaches no weight. Used on other customers, the level makes the mean score the mean p_active:
how busy the next season is, no past cut-off tells (science: the level comes from the purchase model). Without
evidence all weights are 0 and the score is p_active.

The ridge is the strongest whose loss at a left-out cut-off lies within one standard error of the best (Breiman et al.
1984, section 3.4.3); with a single cut-off to learn from it is a fixed one.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashapp.domain import logistic
from dashapp.domain.health_terms import TERMS
from dashapp.domain.logistic import expit

FloatArray = NDArray[np.float64]
RIDGES = (1e-3, 1e-2, 1e-1, 1.0)
ALONE = 0.1
"Ridge where there is one cut-off: nothing says how weights change between cut-offs."
MOST_STEPS = 60
CLOSE = 1e-12
"Of a mean probability."
SMALLEST_SPREAD = 1e-9
"Of a term that is the same for everybody."


@dataclass(frozen=True)
class Evening:
    """Customers on the evening of one cut-off."""

    terms: FloatArray
    "Shape (n, TERMS)."
    log_odds: FloatArray
    "logit(p_active), shape (n,)."
    outcome: FloatArray
    "1 where the customer bought in the horizon, shape (n,)."

    def every(self, limit: int) -> Evening:
        """At most `limit` customers, evenly spread."""
        step = max(1, -(-len(self.outcome) // limit))
        return Evening(self.terms[::step], self.log_odds[::step], self.outcome[::step])


@dataclass(frozen=True)
class HealthModel:
    """Weights by term with the means and scales they refer to."""

    weights: tuple[float, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]
    ridge: float
    cut_offs: int
    "Learnt from."

    @classmethod
    def plain(cls) -> HealthModel:
        """The score that is p_active."""
        none = (0.0,) * len(TERMS)
        return cls(none, none, (1.0,) * len(TERMS), 0.0, 0)

    def log_odds(self, terms: FloatArray, log_odds: FloatArray) -> FloatArray:
        """Of the score, shape (n,); the mean score is the mean p_active of these customers."""
        return self.together(self.added(terms), log_odds)

    def together(self, added: FloatArray, log_odds: FloatArray) -> FloatArray:
        """The same of what each term adds."""
        if not any(self.weights) or not len(added):
            return log_odds
        return level_to(log_odds + added.sum(axis=1), float(expit(log_odds).mean()))

    def added(self, terms: FloatArray) -> FloatArray:
        """Log-odds each term adds, shape (n, TERMS)."""
        return np.asarray((terms - np.array(self.means)) / np.array(self.scales) * np.array(self.weights))

    def to_json(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> HealthModel:
        values: Any = json.loads(text)
        shapes = {name: tuple(values[name]) for name in ("weights", "means", "scales")}
        return cls(**shapes, ridge=values["ridge"], cut_offs=values["cut_offs"])


def train(evenings: Sequence[Evening], use: Collection[str] = tuple(TERMS), ridge: float | None = None) -> HealthModel:
    """Learn from at least one evening; terms not in `use` get no weight.

    Where the search finds no optimum the model is the plain one, with no cut-off it was learnt from.
    """
    strength = _ridge(evenings, use) if ridge is None else ridge
    means, scales = _standard([evening.terms for evening in evenings])
    chosen = np.array([name in use for name in TERMS]) & (scales > SMALLEST_SPREAD)
    scales = np.where(chosen, scales, 1.0)
    columns = np.vstack([(evening.terms - means) / scales for evening in evenings])[:, chosen]
    group = np.repeat(np.arange(len(evenings)), [len(evening.outcome) for evening in evenings])
    found = logistic.fit(
        columns, np.concatenate([evening.outcome for evening in evenings]),
        np.concatenate([evening.log_odds for evening in evenings]), group, strength,
    )  # fmt: skip
    if not found.converged:
        return HealthModel.plain()
    weights = np.zeros(len(TERMS))
    weights[chosen] = found.weights
    return HealthModel(tuple(weights.tolist()), tuple(means.tolist()), tuple(scales.tolist()), strength, len(evenings))


def level_to(log_odds: FloatArray, mean: float) -> FloatArray:
    """The log-odds moved by a constant so that the mean probability is `mean`, above 0 and below 1.

    Newton's method inside a bracket, which a step never leaves.
    """
    low, high, level = -2.0 * logistic.LARGEST_LOGIT, 2.0 * logistic.LARGEST_LOGIT, 0.0
    for _ in range(MOST_STEPS):
        p = expit(log_odds + level)
        error = float(p.mean()) - mean
        if abs(error) < CLOSE:
            break
        low, high = (low, level) if error > 0.0 else (level, high)
        slope = float(np.mean(p * (1.0 - p)))
        step = level - error / slope if slope > 0.0 else low
        level = step if low < step < high else (low + high) / 2.0
    return log_odds + level


def _ridge(evenings: Sequence[Evening], use: Collection[str]) -> float:
    """By leaving each evening out; the strongest within one standard error of the best."""
    if len(evenings) < 2:
        return ALONE
    losses = np.array(
        [[_left_out(evenings, number, use, ridge) for number in range(len(evenings))] for ridge in RIDGES]
    )
    worse = losses - losses[losses.mean(axis=1).argmin()]
    error = worse.std(axis=1, ddof=1) / np.sqrt(len(evenings))
    return max(ridge for ridge, near in zip(RIDGES, worse.mean(axis=1) <= error, strict=True) if near)


def _left_out(evenings: Sequence[Evening], number: int, use: Collection[str], ridge: float) -> float:
    others = [evening for place, evening in enumerate(evenings) if place != number]
    mine = evenings[number]
    return logistic.log_loss(train(others, use, ridge).log_odds(mine.terms, mine.log_odds), mine.outcome)


def _standard(parts: Sequence[FloatArray]) -> tuple[FloatArray, FloatArray]:
    together = np.vstack(parts)
    return together.mean(axis=0), together.std(axis=0)
