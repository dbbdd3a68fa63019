"""Many tests at once: which findings stay when a stated share of them may be false."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln


def adjusted(p_values: ArrayLike, tests: int | None = None) -> NDArray[np.float64]:
    """Benjamini & Hochberg (1995) adjusted p-values (q-values), in the order given; NaN stays NaN and is no test.

    tests: how many hypotheses were at stake where more were looked at than are given (the others are taken as 1).

    >>> [round(float(q), 4) for q in adjusted([0.01, 0.04, 0.03, 0.20])]
    [0.04, 0.0533, 0.0533, 0.2]
    """
    p = np.asarray(p_values, dtype=float)
    found = np.full(p.shape, np.nan)
    valid = np.flatnonzero(np.isfinite(p))
    order = valid[np.argsort(p[valid], kind="stable")]
    count = max(len(order), tests or 0)
    scaled = p[order] * count / np.arange(1, len(order) + 1)
    found[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return found


def joint_or_more(both: ArrayLike, a: ArrayLike, b: ArrayLike, total: ArrayLike) -> NDArray[np.float64]:
    """Fisher's one-sided exact p-value: P(X >= both) for X hypergeometric, a and b marked of `total`; broadcasting.

    Summed from `both` away from the mean by the ratio of successive terms, so that thousands of tables take
    milliseconds where scipy.stats loops over them; `total` need not be whole.

    >>> float(joint_or_more(3, 4, 4, 8)).__round__(6)  # the lady tasting tea
    0.242857
    """
    x, a, b, n = np.broadcast_arrays(*(np.asarray(value, dtype=float) for value in (both, a, b, total)))
    above = x > a * b / np.maximum(n, 1e-300)
    start = np.where(above, x, x - 1.0)
    last = np.where(above, np.minimum(a, b), np.maximum(0.0, np.ceil(a + b - n)))
    inside = np.where(above, start <= last, start >= last)
    first = np.where(inside, np.exp(_log_term(np.where(inside, start, last), a, b, n)), 0.0)
    part = first * _run(start, a, b, n, above, inside)
    return np.clip(np.where(above, part, 1.0 - part), 0.0, 1.0)


def _log_term(
    k: NDArray[np.float64], a: NDArray[np.float64], b: NDArray[np.float64], n: NDArray[np.float64]
) -> NDArray[np.float64]:
    """ln of C(a, k) C(n - a, b - k) / C(n, b)."""
    free = np.maximum(n - a - b + k, 0.0)
    return np.asarray(
        gammaln(a + 1) - gammaln(k + 1) - gammaln(a - k + 1)
        + gammaln(n - a + 1) - gammaln(b - k + 1) - gammaln(free + 1)
        - gammaln(n + 1) + gammaln(b + 1) + gammaln(n - b + 1)
    )  # fmt: skip


def _run(
    start: NDArray[np.float64],
    a: NDArray[np.float64],
    b: NDArray[np.float64],
    n: NDArray[np.float64],
    above: NDArray[np.bool_],
    inside: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Sum of all terms from `start` away from the mean, in units of the first."""
    k, up = start.ravel().copy(), above.ravel()
    a, b, n = a.ravel(), b.ravel(), n.ravel()
    total, term = np.ones(k.size), np.ones(k.size)
    rows = np.flatnonzero(inside.ravel())
    while rows.size:
        now, of_a, of_b = k[rows], a[rows], b[rows]
        spare = n[rows] - of_a - of_b
        more = (of_a - now) * (of_b - now) / ((now + 1) * np.maximum(spare + now + 1, 1e-300))
        less = now * np.maximum(spare + now, 0.0) / ((of_a - now + 1) * (of_b - now + 1))
        term[rows] *= np.maximum(np.where(up[rows], more, less), 0.0)
        total[rows] += term[rows]
        k[rows] += np.where(up[rows], 1.0, -1.0)
        rows = rows[term[rows] > 1e-15 * total[rows]]
    return total.reshape(start.shape)
