"""Intervals that keep their promise: moved by as much as they were wrong in an earlier window.

Conformalised quantile regression (Romano, Patterson & Candes 2019) on the square root of money, one correction per bin
of predicted size. Intervals from zero leave nobody below them, so all of what may lie outside lies above; the others
have two tails and two corrections. A correction is a multiple of the square root of the prediction, so it follows the
currency and the horizon. The promise holds as far as tomorrow's customers resemble the window's.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
BINS = 4
FEWEST_IN_BIN = 50
"A bin with fewer customers knows nothing of the far end of a tail."


@dataclass(frozen=True)
class Moves:
    """How far the bounds of one kind of interval move outwards, in units of the root of the predicted value."""

    edges: tuple[float, ...]
    "Roots of predicted values between the bins, ascending."
    below: tuple[float, ...]
    "Per bin; negative draws the bound in."
    above: tuple[float, ...]

    @classmethod
    def learn(cls, size: FloatArray, below: FloatArray, above: FloatArray, tails: tuple[float, float]) -> Moves:
        """size, below, above: shape (n,), the misses in units of size; tails: the share that may lie outside."""
        bins = min(BINS, len(size) // FEWEST_IN_BIN)
        if bins < 1:
            return cls((), (0.0,), (0.0,))
        edges = np.quantile(size, np.arange(1, bins) / bins)
        place = np.searchsorted(edges, size, side="right")
        moves = [
            tuple(_outer(miss[place == number], tail) for number in range(bins)) if tail else (0.0,) * bins
            for miss, tail in zip((below, above), tails, strict=True)
        ]
        return cls(tuple(map(float, edges)), *moves)

    def of(self, size: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Moves of the lower and the upper bound, shape (n,), in roots of money."""
        place = np.searchsorted(self.edges, size, side="right")
        return np.array(self.below)[place] * size, np.array(self.above)[place] * size


@dataclass(frozen=True)
class Correction:
    """What one earlier window taught about intervals of `level`."""

    level: float
    from_zero: Moves
    from_above: Moves
    customers: int
    "In the window; 0 where it taught nothing."

    @classmethod
    def learn(
        cls, predicted: ArrayLike, low: ArrayLike, high: ArrayLike, actual: ArrayLike, level: float
    ) -> Correction:
        """All arrays (n,), money, low <= high. Kinds and bins with too few customers are left as they are."""
        size, floor, ceiling, came = (_root(values) for values in (predicted, low, high, actual))
        with np.errstate(divide="ignore", invalid="ignore"):
            below, above = (floor - came) / size, (came - ceiling) / size
        kinds = {"from_zero": (size > 0.0) & (floor == 0.0), "from_above": (size > 0.0) & (floor > 0.0)}
        outside = 1.0 - level
        tails = {"from_zero": (0.0, outside), "from_above": (outside / 2.0, outside / 2.0)}
        moves = {name: Moves.learn(size[kind], below[kind], above[kind], tails[name]) for name, kind in kinds.items()}
        return cls(level, **moves, customers=len(size))

    def apply(self, predicted: ArrayLike, low: ArrayLike, high: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """The bounds as they would have kept the promise in the window, each (n,), money, 0 <= low <= high."""
        size, floor, ceiling = (_root(values) for values in (predicted, low, high))
        zero, above = self.from_zero.of(size), self.from_above.of(size)
        is_zero = floor == 0.0
        upper = np.maximum(ceiling + np.where(is_zero, zero[1], above[1]), 0.0)
        lower = np.clip(floor - np.where(is_zero, 0.0, above[0]), 0.0, upper)
        return lower**2, upper**2

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Correction:
        given: dict[str, Any] = json.loads(text)
        moves = {name: Moves(*(tuple(given[name][key]) for key in ("edges", "below", "above"))) for name in _KINDS}
        return cls(given["level"], **moves, customers=given["customers"])


_KINDS = ("from_zero", "from_above")


def _root(values: ArrayLike) -> FloatArray:
    """Money that came back counts as none: an interval of spend starts at 0."""
    return np.asarray(np.sqrt(np.maximum(np.asarray(values, dtype=float), 0.0)))


def _outer(miss: FloatArray, tail: float) -> float:
    """The move that leaves at most `tail` outside, with the finite-sample step of split conformal prediction."""
    if not len(miss):  # ties in the prediction can leave a bin empty
        return 0.0
    rank = min(int(np.ceil((len(miss) + 1) * (1.0 - tail))), len(miss))
    return float(np.partition(miss, rank - 1)[rank - 1])
