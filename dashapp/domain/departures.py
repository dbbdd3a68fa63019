"""Who leaves before buying again: the one integral of Pareto/NBD, by quadrature that cannot over- or underflow.

A customer who is alive at some moment buys at rate lambda ~ Gamma(shape, alpha) and leaves at rate
mu ~ Gamma(s, beta), where alpha and beta already hold the time that has passed. After a further time u nothing has
happened yet with probability
    exp(-v(u)),   v(u) = shape ln(1 + u / alpha) + s ln(1 + u / beta)
and the first thing to happen within `span` is leaving with probability  G = integral of exp(-v) s / (beta + u) du.
Anchored at the last purchase, every factor lies in (0, 1]: Schmittlein, Morrison & Colombo (1987) without their
hypergeometric functions and without their cases alpha >= beta and alpha < beta.

With y = ln(1 + u / min(alpha, beta)) the integrand is smooth on the scale of 1, whatever the parameters: its nearest
singularity lies a distance pi off the real axis. Gauss-Legendre nodes in y, more of them where v or y reach far.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.intp]
CUT = 45.0
"exp(-45) of a probability is no part of it in double precision."
RULES = ((6, 0.7, 1.5), (8, 1.4, 3.0), (12, 2.5, 8.0), (16, 3.5, 12.0), (24, 6.0, 20.0))
"Nodes, and how far y and v may reach for a relative error below 1e-12; beyond the last, panels of it."
ELEMENTS = 8192
"Nodes per chunk: its arrays stay in the second-level cache."


@dataclass(frozen=True)
class Moments:
    """Possible moments of leaving of some histories, shape (nodes, rows), and the chance of each."""

    rows: IndexArray
    later: FloatArray
    "u, time since the anchor."
    log_alpha: FloatArray
    "ln(1 + u / alpha)"
    log_beta: FloatArray
    leave: FloatArray
    "Quadrature weight x density of leaving at u, nothing bought before: sums to G."


def moments(shape: FloatArray, alpha: FloatArray, s: float, beta: FloatArray, span: FloatArray) -> Iterator[Moments]:
    """All histories, in chunks of like effort; each argument has shape (rows,).

    alpha <= beta holds in all rows or in none: they are two parameters plus the same times.
    """
    with np.errstate(over="ignore", divide="ignore"):
        reach = np.minimum(span, np.minimum(alpha * np.expm1(CUT / shape), beta * np.expm1(CUT / s)))
    log_alpha, log_beta = np.log1p(reach / alpha), np.log1p(reach / beta)
    y, v = np.maximum(log_alpha, log_beta), shape * log_alpha + s * log_beta
    effort = _effort(y, v)
    for level in np.flatnonzero(np.bincount(effort)):
        z, weights = _rule(int(level))
        rows = np.flatnonzero(effort == level)
        size = max(1, ELEMENTS // len(z))
        for start in range(0, len(rows), size):
            yield _moments(rows[start : start + size], shape, alpha, s, beta, y, z, weights)


def _moments(
    rows: IndexArray,
    shape: FloatArray,
    alpha: FloatArray,
    s: float,
    beta: FloatArray,
    y: FloatArray,
    z: FloatArray,
    weights: FloatArray,
) -> Moments:
    first, second, reach = alpha[rows], beta[rows], y[rows]
    near = reach * z[:, None]
    if first[0] <= second[0]:
        later = first * np.expm1(near)
        log_alpha, log_beta = near, np.log1p(later / second)
        leave = s * (first + later) / (second + later)
    else:
        later = second * np.expm1(near)
        log_alpha, log_beta = np.log1p(later / first), near
        leave = np.full_like(near, s)
    leave *= np.exp(-shape[rows] * log_alpha - s * log_beta)
    leave *= reach * weights[:, None]
    return Moments(rows, later, log_alpha, log_beta, leave)


def _effort(y: FloatArray, v: FloatArray) -> IndexArray:
    """Which rule of `_rule` each history needs."""
    _, panel_y, panel_v = RULES[-1]
    panels = np.ceil(np.maximum(y / panel_y, v / panel_v)).astype(np.intp)
    level = len(RULES) - 2 + np.maximum(panels, 1)
    for index, (_, most_y, most_v) in reversed(list(enumerate(RULES))):
        level[(y <= most_y) & (v <= most_v)] = index
    return level


def _rule(level: int) -> tuple[FloatArray, FloatArray]:
    return panelled(RULES[min(level, len(RULES) - 1)][0], max(1, level - len(RULES) + 2))


@cache
def panelled(nodes: int, panels: int) -> tuple[FloatArray, FloatArray]:
    """Nodes and weights on (0, 1) of Gauss-Legendre rules side by side.

    >>> z, weights = panelled(4, 2)
    >>> round(float((weights * z**7).sum()), 12)
    0.125
    """
    x, weights = np.polynomial.legendre.leggauss(nodes)
    z = (np.arange(panels)[:, None] + (x + 1.0) / 2.0) / panels
    return z.ravel(), np.tile(weights / 2.0 / panels, panels)


def chances(
    shape: FloatArray, alpha: FloatArray, s: float, beta: FloatArray, span: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """P(nothing happens within span), P(leaves within span before buying), each shape (rows,)."""
    leave = np.empty(len(shape))
    for part in moments(shape, alpha, s, beta, span):
        leave[part.rows] = part.leave.sum(axis=0)
    return np.exp(-shape * np.log1p(span / alpha) - s * np.log1p(span / beta)), leave


def buys(shape: FloatArray, alpha: FloatArray, s: float, beta: FloatArray, span: FloatArray) -> FloatArray:
    """P(buys within span before leaving), shape (rows,): the integral of exp(-v) shape / (alpha + u) du."""
    found = np.empty(len(shape))
    for part in moments(shape, alpha, s, beta, span):
        odds = (beta[part.rows] + part.later) / (alpha[part.rows] + part.later)
        found[part.rows] = (part.leave * odds).sum(axis=0) * shape[part.rows] / s
    return found
