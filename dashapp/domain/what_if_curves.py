"""The curves that `what_if` answers from: written once per snapshot, where models may be asked.

Customers who bought as often and for about as long share a curve; their ages within one curve differ by a few per
cent, and its shape is that of their mean age. Only shapes are taken from here: how high each customer's curve lies is
the published value itself, so the published assumptions give the published value exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from dashapp.domain.model import PurchaseFit
from dashapp.domain.patterns import Patterns
from dashapp.domain.periods import to_periods
from dashapp.domain.scoring import Fits
from dashapp.domain.uncertainty import Uncertain
from dashapp.domain.what_if import FACTORS, LONGEST_DAYS, TIME_SCALE_DAYS

FloatArray = NDArray[np.float64]
TIME_NODES = 20
LEAVING_NODES = 9
AGE_STEP = 0.05
"Ages share a curve where ln(1 + T / TIME_SCALE_DAYS) differs by no more."


@dataclass(frozen=True)
class Written:
    """Curves, and whose they are."""

    cells: pd.DataFrame
    "frequency, T_days, curve: one row per distinct (frequency, T_days)."
    coefficients: FloatArray
    "Shape (curves, TIME_NODES, LEAVING_NODES), as `what_if.Curves`; so are the next two."
    slopes: FloatArray
    spread: FloatArray
    newcomer: FloatArray


def write(fits: Fits, base: pd.DataFrame, value: Uncertain, order_value: FloatArray) -> Written:
    """Curves of the customers in `base`.

    base: frequency, recency_days, T_days and, where the model tells kinds apart, its columns. value: the published
    value with its uncertainty. order_value: expected spend per purchase, shape (n,).
    """
    age = np.floor(np.log1p(base["T_days"] / TIME_SCALE_DAYS) / AGE_STEP).astype(int)
    curve = base.groupby([base["frequency"], age], sort=True).ngroup().to_numpy()
    groups = base.groupby(curve)
    shape = groups.first().assign(T_days=groups["T_days"].mean(), recency_days=groups["recency_days"].mean())
    size = len(shape)
    mean = _sum(curve, value.mean, size)
    square = _sum(curve, value.mean * order_value, size)
    slopes = np.stack([_sum(curve, slope, size) for slope in value.slopes], axis=1)
    cells = base[["frequency", "T_days"]].assign(curve=curve).drop_duplicates(["frequency", "T_days"])
    return Written(
        cells, _coefficients(fits.purchases, shape), _ratio(slopes, mean[:, None]),
        _ratio(_sum(curve, value.variance, size), square), _newcomer(fits.purchases, base),
    )  # fmt: skip


def _sum(group: NDArray[Any], values: FloatArray, size: int) -> FloatArray:
    return np.asarray(np.bincount(group, values, size), dtype=float)


def _ratio(over: FloatArray, under: FloatArray) -> FloatArray:
    return np.asarray(np.where(under > 0.0, over / np.where(under > 0.0, under, 1.0), 0.0))


def _nodes() -> tuple[FloatArray, FloatArray]:
    """Days and factors at Chebyshev's points, inverse to `what_if.time_position` and `what_if.leaving_position`."""
    time, leaving = chebyshev.chebpts1(TIME_NODES), chebyshev.chebpts1(LEAVING_NODES)
    days = TIME_SCALE_DAYS * np.expm1((time + 1.0) / 2.0 * np.log1p(LONGEST_DAYS / TIME_SCALE_DAYS))
    return days, np.exp(leaving * np.log(FACTORS[1]))


def _coefficients(fit: PurchaseFit, shape: pd.DataFrame) -> FloatArray:
    """Coefficients of E(t) / t of each row of `shape`, if alive."""
    patterns, (days, factors) = fit.patterns(shape), _nodes()
    cells, periods = fit.cells(patterns), to_periods(1.0, fit.time_unit) * days
    values = np.empty((len(cells), TIME_NODES, LEAVING_NODES))
    for place, factor in enumerate(factors):
        values[:, :, place] = fit.expected_if_leaving(cells, periods[None, :].repeat(len(cells), 0), factor) / days
    return _interpolated(values)[cells.inverse]


def _newcomer(fit: PurchaseFit, base: pd.DataFrame) -> FloatArray:
    """The same of somebody who has bought once, today: whether they stay is part of their future."""
    begun = base.head(1).assign(frequency=0, recency_days=0, T_days=0)
    days, factors = _nodes()
    values = np.empty((1, TIME_NODES, LEAVING_NODES))
    for place, factor in enumerate(factors):
        changed = fit.leaving(float(factor))
        patterns: Patterns = changed.patterns(begun)
        cells, periods = changed.cells(patterns), to_periods(1.0, fit.time_unit) * days[None, :]
        values[:, :, place] = changed.p_alive(patterns) * changed.expected_if_alive(cells, periods) / days
    return np.asarray(_interpolated(values)[0])


def _interpolated(values: FloatArray) -> FloatArray:
    """Coefficients of the polynomials through values at Chebyshev's points, shape (n, TIME_NODES, LEAVING_NODES)."""
    time, leaving = (
        np.linalg.inv(chebyshev.chebvander(chebyshev.chebpts1(count), count - 1)) for count in values.shape[1:]
    )
    return np.asarray(np.einsum("it,ntl,jl->nij", time, values, leaving, optimize=True))
