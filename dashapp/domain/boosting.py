"""Corrections of a known prediction by shallow boosted trees: the prediction is an offset, trees learn what it misses.

scikit-learn's histogram boosting takes no offset, so both corrections are put as problems without one that have the
same answer; rows need no offset in prediction either. Trees are few and small, their number is chosen on examples set
apart (never by random rows), and everything runs on one thread, because sums over threads differ in the last digit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

FloatArray = NDArray[np.float64]
Correct = Callable[[FloatArray], FloatArray]
"From features (n, k) to a correction (n,): logits for a probability, a logarithm for an amount."

SEED = 20_260_101
MOST_TREES = 200
PATIENCE = 20
"Trees without an improvement on the examples set apart."
LEAST_LEAF = 50
LEAF_SHARE = 0.01
"Of the rows: a leaf holds at least that many, so that no handful of customers makes a rule."
STEPS = 63
"""Values a feature may take: trees see only order. Given more, scikit-learn looks for weighted quantiles in Python,
which was three quarters of the time."""
SHAPE = {
    "learning_rate": 0.05, "max_depth": 3, "max_leaf_nodes": 8, "l2_regularization": 1.0, "max_bins": STEPS,
    "random_state": SEED,
}  # fmt: skip
LEAST_RATIO = 0.01
"Of money to its prediction: an active customer who brought nothing back counts as a hundredth."
CERTAIN = 1e-6


@dataclass(frozen=True)
class Rows:
    """Examples to learn from."""

    features: FloatArray
    "Shape (n, k)."
    offset: FloatArray
    "What was predicted, shape (n,): probabilities, or amounts above 0."
    outcome: FloatArray
    "What came: 0 or 1, or amounts."


@dataclass(frozen=True)
class Grid:
    """Features as steps 0 .. STEPS - 1 between quantiles of the examples."""

    edges: tuple[FloatArray, ...]

    @classmethod
    def of(cls, features: FloatArray) -> Grid:
        found = np.quantile(features, np.arange(1, STEPS) / STEPS, axis=0, method="inverted_cdf")
        return cls(tuple(np.unique(column) for column in found.T))

    def steps(self, features: FloatArray) -> FloatArray:
        columns = [np.searchsorted(edges, column) for edges, column in zip(self.edges, features.T, strict=True)]
        return np.column_stack(columns).astype(float)


def of_probability(learn: Rows, judge: Rows) -> Correct:
    """What to add to the logit of a predicted probability.

    Weights |y - p0| do what an offset logit(p0) would: at each x the weighted log-loss is least at odds
    p (1 - p0) / ((1 - p) p0), whose logarithm is logit(p) - logit(p0). They are bounded, and the first step is the
    offset's own, since the gradient at 0 is (p0 - y) / 2.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier

    return _boosted(HistGradientBoostingClassifier, {}, learn, judge, _bernoulli, "decision_function")


def of_amount(learn: Rows, judge: Rows) -> Correct:
    """What to add to the logarithm of a predicted amount.

    The gamma loss of y / m0 is the gamma loss of y with offset ln(m0). Weights sqrt(m0) make its gradient at 0 that of
    a Tweedie law of power 1.5: the variance of money grows faster than its mean and slower than its square.
    """
    from sklearn.ensemble import HistGradientBoostingRegressor

    correct = _boosted(HistGradientBoostingRegressor, {"loss": "gamma"}, learn, judge, _gamma, "predict")
    return lambda features: np.log(correct(features)) if len(features) else np.zeros(0)


def probability(offset: FloatArray, correction: FloatArray, total: float) -> FloatArray:
    """expit(logit(offset) + correction + a), with the one a that makes the sum `total`, which lies in (0, n)."""
    raw = logit(np.clip(offset, CERTAIN, 1.0 - CERTAIN)) + correction
    low, high = -50.0 - float(raw.max(initial=0.0)), 50.0 - float(raw.min(initial=0.0))
    for _ in range(100):
        middle = (low + high) / 2.0
        low, high = (middle, high) if float(expit(raw + middle).sum()) < total else (low, middle)
    return np.asarray(expit(raw + (low + high) / 2.0))


def _bernoulli(rows: Rows) -> tuple[FloatArray, FloatArray]:
    return rows.outcome, np.abs(rows.outcome - rows.offset)


def _gamma(rows: Rows) -> tuple[FloatArray, FloatArray]:
    return np.maximum(rows.outcome / rows.offset, LEAST_RATIO), np.sqrt(rows.offset)


def _boosted(
    kind: Any,
    loss: dict[str, str],
    learn: Rows,
    judge: Rows,
    problem: Callable[[Rows], tuple[FloatArray, FloatArray]],
    answer: str,
) -> Correct:
    """The number of trees is the best on `judge`; they are then grown again from all examples together."""
    from threadpoolctl import threadpool_limits

    whole = Rows(*(np.concatenate(pair) for pair in zip(_parts(learn), _parts(judge), strict=True)))
    with threadpool_limits(1):
        trees = _best(kind, loss, learn, judge, problem)
        if trees == 0:
            return lambda features: np.full(len(features), 1.0 if loss else 0.0)
        found = kind(max_iter=trees, early_stopping=False, **_shape(whole), **loss)
        target, weight = problem(whole)
        found.fit(whole.features, target, sample_weight=weight)

    def correct(features: FloatArray) -> FloatArray:
        with threadpool_limits(1):
            return np.asarray(getattr(found, answer)(features), dtype=float)

    return correct


def _best(
    kind: Any,
    loss: dict[str, str],
    learn: Rows,
    judge: Rows,
    problem: Callable[[Rows], tuple[FloatArray, FloatArray]],
) -> int:
    """Trees after which the loss on `judge` was least; 0 where trees did not help."""
    target, weight = problem(learn)
    judged, judged_weight = problem(judge)
    found = kind(max_iter=MOST_TREES, early_stopping=True, n_iter_no_change=PATIENCE, **_shape(learn), **loss)
    found.fit(
        learn.features, target, sample_weight=weight,
        X_val=judge.features, y_val=judged, sample_weight_val=judged_weight,
    )  # fmt: skip
    return int(np.argmax(found.validation_score_))


def _shape(rows: Rows) -> dict[str, Any]:
    return SHAPE | {"min_samples_leaf": max(LEAST_LEAF, int(LEAF_SHARE * len(rows.outcome)))}


def _parts(rows: Rows) -> tuple[FloatArray, FloatArray, FloatArray]:
    return rows.features, rows.offset, rows.outcome
