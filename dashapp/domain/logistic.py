"""Logistic regression around what is already known: ridge-regularised, with an offset and a level per group of rows.

logit P(y = 1) = offset + level of the row's group + columns @ weights. The weights are penalised towards 0 and the
levels are not, so without anything to learn the answer is the offset. Newton's method with the exact Hessian
(le Cessie & van Houwelingen 1992), halving a step that does not raise the penalised likelihood.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.intp]
LARGEST_LOGIT = 35.0
"Probabilities are told from 0 and 1 up to here: 1 - 6e-16."
MOST_STEPS = 50
CLOSE = 1e-9
"Largest derivative per row at an optimum."
FIRM = 1e-6
"Penalty on a level, so that a group in which all or nobody bought has one."


@dataclass(frozen=True)
class LogisticFit:
    """Where the search ended."""

    weights: FloatArray
    "Shape (columns,)."
    levels: FloatArray
    "Shape (groups,)."
    level_variances: FloatArray
    "Sampling variance of each level."
    converged: bool


def logit(probability: ArrayLike) -> FloatArray:
    """
    >>> logit([0.5, 1.0]).tolist()
    [0.0, 35.0]
    """
    p = np.asarray(probability, dtype=float)
    with np.errstate(divide="ignore"):
        return np.asarray(np.clip(np.log(p) - np.log1p(-p), -LARGEST_LOGIT, LARGEST_LOGIT), dtype=float)


def expit(log_odds: ArrayLike) -> FloatArray:
    """The probability of some log-odds, without overflow and exact also near 0."""
    x = np.asarray(log_odds, dtype=float)
    return np.asarray(np.exp(np.minimum(x, 0.0)) / (1.0 + np.exp(-np.abs(x))))


def log_loss(log_odds: FloatArray, outcome: FloatArray) -> float:
    """Mean -ln(probability of what came)."""
    return float(np.mean(np.logaddexp(0.0, log_odds) - outcome * log_odds))


def fit(columns: FloatArray, outcome: FloatArray, offset: FloatArray, group: IndexArray, penalty: float) -> LogisticFit:
    """columns (n, k), about standardised; outcome 0 or 1, offset [log-odds] and group 0..g-1, shape (n,) each.

    The weights maximise mean log-likelihood - penalty / 2 |weights|^2. Never raises on finite numbers: a search that
    does not end says so in `converged`.
    """
    rows, k = columns.shape
    design = np.column_stack([columns, group[:, None] == np.arange(int(group.max(initial=0)) + 1)])
    ridge = np.append(np.full(k, penalty), np.full(design.shape[1] - k, FIRM))
    beta: FloatArray = np.zeros(design.shape[1])
    value, converged = _value(design, outcome, offset, ridge, beta), False
    for _ in range(MOST_STEPS):
        gradient, hessian = _derivatives(design, outcome, offset, ridge, beta)
        if np.abs(gradient).max() < CLOSE:
            converged = True
            break
        step = np.asarray(np.linalg.solve(hessian, gradient), dtype=float)
        beta, raised = _uphill(design, outcome, offset, ridge, beta, step, value)
        if raised <= value:
            # Rounding is larger than what is left to gain.
            converged = bool(np.abs(gradient).max() < np.sqrt(CLOSE))
            break
        value = raised
    variances = np.diag(np.linalg.inv(_derivatives(design, outcome, offset, ridge, beta)[1]))[k:] / max(rows, 1)
    return LogisticFit(beta[:k], beta[k:], variances, converged)


def _value(design: FloatArray, outcome: FloatArray, offset: FloatArray, ridge: FloatArray, beta: FloatArray) -> float:
    # einsum and not @: a threaded product adds in another order and changes the last digits.
    loss = log_loss(offset + np.einsum("nk,k->n", design, beta), outcome)
    return -loss - 0.5 * float(np.sum(ridge * beta * beta))


def _derivatives(
    design: FloatArray, outcome: FloatArray, offset: FloatArray, ridge: FloatArray, beta: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Gradient, and minus the Hessian."""
    p = expit(offset + np.einsum("nk,k->n", design, beta))
    gradient = np.einsum("nk,n->k", design, outcome - p) / len(p) - ridge * beta
    hessian = np.einsum("nk,nj->kj", design * (p * (1.0 - p))[:, None], design) / len(p) + np.diag(ridge)
    return gradient, hessian


def _uphill(
    design: FloatArray, outcome: FloatArray, offset: FloatArray, ridge: FloatArray, beta: FloatArray,
    step: FloatArray, value: float,
) -> tuple[FloatArray, float]:  # fmt: skip
    """The first of step, step / 2, ... that raises the value, with the new value; where it is if none does."""
    for _ in range(30):
        raised = _value(design, outcome, offset, ridge, beta + step)
        if raised > value:
            return beta + step, raised
        step = step / 2.0
    return beta, value
