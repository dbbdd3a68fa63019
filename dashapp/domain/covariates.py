"""What kind of customer: labels of the first purchase, such as its channel, as the dummy columns of a model.

A coding is learnt once, from those a model is fitted to, and kept with the fit. Per column it lists its levels, each
the labels it takes together: first the base, which is the most frequent label, then the others by frequency, last the
rare labels as one level. A label never seen then counts as the base. A kind is one combination of levels.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.intp]
Coding = tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]
"Per column its name and its levels; plain tuples, so that JSON keeps them."
LEAST_CUSTOMERS = 50
"Labels of fewer customers share one level."
MOST_LEVELS = 8
"Per column, the shared one included."
MISSING = "(none)"


def learn(rfm: pd.DataFrame, columns: Sequence[str], weights: ArrayLike | None = None) -> Coding:
    """Levels of those of the columns that the frame has, where they are two or more.

    >>> frame = pd.DataFrame({"channel": ["web"] * 90 + ["ads"] * 60 + ["fax", "sms"]})
    >>> learn(frame, ["channel", "country"])
    (('channel', (('web',), ('ads',), ('fax', 'sms'))),)
    """
    weight = np.ones(len(rfm)) if weights is None else np.asarray(weights, dtype=float)
    found = ((name, _levels(labels(rfm, name), weight)) for name in columns if name in rfm)
    return tuple((name, levels) for name, levels in found if len(levels) > 1)


def _levels(label: pd.Series[str], weight: FloatArray) -> tuple[tuple[str, ...], ...]:
    count = pd.Series(weight).groupby(label.to_numpy()).sum().sort_index().sort_values(ascending=False, kind="stable")
    alone = [str(name) for name in count.index[count >= LEAST_CUSTOMERS]][: MOST_LEVELS - 1] or [str(count.index[0])]
    together = tuple(sorted(str(name) for name in count.index if str(name) not in alone))
    return (*((name,) for name in alone), *([together] if together else []))


def labels(rfm: pd.DataFrame, name: str) -> pd.Series[str]:
    """Of every customer, as text."""
    return rfm[name].astype(object).where(rfm[name].notna(), MISSING).astype(str)


def kinds(coding: Coding, rfm: pd.DataFrame) -> IndexArray:
    """Kind of every customer; one without a known label, or in a frame without the column, is of the base level."""
    kind = np.zeros(len(rfm), dtype=np.intp)
    for name, levels in coding:
        code = {label: number for number, level in enumerate(levels) for label in level}
        here = labels(rfm, name).map(code).fillna(0).to_numpy(dtype=np.intp) if name in rfm else 0
        kind = kind * len(levels) + here
    return kind


def dummies(coding: Coding) -> FloatArray:
    """One row per kind, one column per level that is no base, as `names` lists them.

    >>> dummies((("a", (("x",), ("y",), ("z",))), ("b", (("p",), ("q",))))).astype(int).tolist()
    [[0, 0, 0], [0, 0, 1], [1, 0, 0], [1, 0, 1], [0, 1, 0], [0, 1, 1]]
    """
    if not coding:
        return np.zeros((1, 0))
    sizes = [len(levels) for _, levels in coding]
    level = np.indices(sizes).reshape(len(sizes), -1)
    columns = [level[at] == number for at, size in enumerate(sizes) for number in range(1, size)]
    return np.array(columns, dtype=float).reshape(len(columns), -1).T


def names(coding: Coding) -> list[str]:
    """Of the dummy columns: column=label, and column=other for labels taken together."""
    return [f"{name}={level[0] if len(level) == 1 else 'other'}" for name, levels in coding for level in levels[1:]]
