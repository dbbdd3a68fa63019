"""A base split into parts of which there are few enough to read: the largest by name, all others together."""

from __future__ import annotations

import numpy as np
import pandas as pd

MOST = 5
"With the others together as many as there are colours of series."
OTHERS = "Others"
LEAST_CUSTOMERS = 100
"Of a part at a cut-off: with fewer, one customer's order is an error of its own."


def grouped(names: pd.Series, most: int = MOST) -> pd.Series:
    """The name of each customer's part. The parts add up to all customers; nobody is in two.

    >>> list(grouped(pd.Series(["a", "a", "b", "c", "c", "d"]), most=2))
    ['a', 'a', 'Others', 'c', 'c', 'Others']
    """
    place, known = pd.factorize(names, sort=True)
    if len(known) <= most + 1:
        return names
    largest = set(np.argsort(-np.bincount(place), kind="stable")[:most].tolist())
    told = [str(name) if number in largest else OTHERS for number, name in enumerate(known)]
    parts, part = np.unique(told, return_inverse=True)
    return pd.Series(pd.Categorical.from_codes(part[place], pd.Index(parts.tolist(), dtype="str")), names.index)
