"""Which products are bought together more often than chance, and whether that held later.

Baskets differ in size, and large ones alone make any two products meet more often than a b / n. Where products fall
into baskets at random, given both how often each is bought and how large each basket is, the expected joint count
is that times n sum s(s-1) / S^2 (s products per basket, S in all): `crowding`. Tests and lower bounds are against this
chance.

A basket is the set of distinct products of one purchase order. Pairs are found in the first part of the baskets and
measured again in the later part, which had no say in finding them. No claim about revenue: who buys both might have
bought both anyway.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from dashapp.domain.significance import adjusted, joint_or_more

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
COLUMNS = (
    "product_key", "other_product_key", "joint_baskets", "baskets", "other_baskets", "lift", "lift_low", "leverage",
    "confidence", "other_confidence", "p_value", "q_value", "later_joint_baskets", "later_lift", "later_lift_low",
    "holds",
)  # fmt: skip


@dataclass(frozen=True)
class BundleRules:
    """What counts as a basket and what as a finding."""

    most_lines: int = 50
    "Products of a basket that count; wholesale baskets would pair everything with everything."
    least_joint: int = 20
    "Baskets with both products, in the first part."
    share_first: float = 0.7
    "Share of the baskets, by time, in which pairs are found; the rest measures them again."
    false_share: float = 0.05
    "Share of the findings that may be false (false discovery rate)."
    z: float = 1.645
    "Normal quantile of the lower bound of lift: 1.645 is exceeded by chance once in twenty."


@dataclass(frozen=True)
class Bundles:
    """Pairs with evidence, best first, and what they were read from."""

    pairs: pd.DataFrame
    "Columns COLUMNS; product_key < other_product_key; confidence is the share of product_key's baskets with the other."
    baskets: int
    "Baskets of at least one product, both parts."
    baskets_cut: int
    "Of these, with more than `most_lines` products."
    tested: int
    "Pairs with enough joint baskets in the first part."
    split_at: pd.Timestamp | None
    "First day of the later part."


@dataclass(frozen=True)
class Survey:
    """What must be known of all baskets before any is counted."""

    keys: IntArray
    "Products that are in enough baskets to be in a pair at all, ascending."
    popularity: IntArray
    "Baskets with each product, by product_key."
    baskets: int
    cut: int
    split: int
    "Number of early baskets."
    split_at: np.datetime64 | None
    "First day of the later part; None: there is none."


def survey(pieces: Iterable[pd.DataFrame], rules: BundleRules) -> Survey:
    """One look at every basket; see `find`."""
    popularity, cut = np.zeros(1, dtype=np.int64), 0
    days: list[NDArray[np.datetime64]] = [np.zeros(0, dtype="datetime64[s]")]
    counts: list[IntArray] = [np.zeros(0, dtype=np.int64)]
    for piece in pieces:
        start, size = _runs(piece)
        day, count = np.unique(piece["day"].to_numpy()[start].astype("datetime64[s]"), return_counts=True)
        days.append(day)
        counts.append(count)
        sold = np.bincount(piece["product_key"].to_numpy(dtype=np.int64), minlength=len(popularity))
        sold[: len(popularity)] += popularity
        popularity, cut = sold, cut + int((size > rules.most_lines).sum())
    day, count = np.concatenate(days), np.concatenate(counts)
    total, split = int(count.sum()), _split(count, rules.share_first)
    return Survey(
        np.flatnonzero(popularity >= rules.least_joint), popularity, total, cut, split,
        day[np.cumsum(count) > split][0] if split < total else None,
    )  # fmt: skip


def _runs(piece: pd.DataFrame) -> tuple[IntArray, IntArray]:
    """First row and number of rows of each basket."""
    basket, day = piece["basket"].to_numpy(), piece["day"].to_numpy()
    start = np.flatnonzero(np.r_[True, (basket[1:] != basket[:-1]) | (day[1:] != day[:-1])])[: len(basket)]
    return start, np.diff(np.r_[start, len(basket)])


def _split(count: IntArray, share: float) -> int:
    """How many baskets are early, whole days of them; all are where that leaves none early. count: baskets per day."""
    before = np.cumsum(count) - count
    place = int(count.sum() * share)
    day = int(np.searchsorted(before, place, side="right")) - 1
    split = int(before[day]) if place < count.sum() else int(count.sum())
    return split if split > 0 else int(count.sum())


class Part:
    """Some of the baskets, counted piece by piece: never more of them in memory than one piece."""

    def __init__(self, products: int) -> None:
        self.baskets = 0
        self.lines = 0
        self.meetings = 0
        "Sum of s (s - 1), s products per basket."
        self.sizes: IntArray = np.zeros(products, dtype=np.int64)
        "Baskets with each product."
        self.joint = sparse.csr_matrix((products, products), dtype=np.int32)
        "Baskets with both, above the diagonal: the upper triangle of X'X."

    def add(self, basket: IntArray, product: IntArray) -> None:
        """Lines of whole baskets: number of the basket, ascending, and of the product, -1 where it is in no pair."""
        size = np.bincount(basket)
        size = size[size > 0]
        self.baskets += len(size)
        self.lines += len(basket)
        self.meetings += int(size @ (size - 1))
        paired, row = product >= 0, np.repeat(np.arange(len(size)), size)
        self.sizes += np.bincount(product[paired], minlength=len(self.sizes))
        held = sparse.csr_matrix(
            (np.ones(int(paired.sum()), dtype=np.int32), (row[paired], product[paired])),
            shape=(len(size), len(self.sizes)),
        )
        self.joint = self.joint + sparse.triu(held.T @ held, k=1, format="csr")

    @property
    def crowding(self) -> float:
        """How much more often than a b / n two products meet because baskets differ in size; at least 1."""
        return max(1.0, self.baskets * float(self.meetings) / float(self.lines) ** 2) if self.lines else 1.0


def count(pieces: Iterable[pd.DataFrame], known: Survey, most_lines: int) -> tuple[Part, Part]:
    """The early and the later part; see `find`."""
    parts = Part(len(known.keys)), Part(len(known.keys))
    number = np.full(len(known.popularity), -1, dtype=np.int64)
    number[known.keys] = np.arange(len(known.keys))
    for piece in pieces:
        start, size = _runs(piece)
        key = piece["product_key"].to_numpy(dtype=np.int64)
        basket = np.repeat(np.arange(len(size)), size)
        kept = _kept(start, size, key, known.popularity, most_lines)
        late = np.zeros(len(key), dtype=bool)
        if known.split_at is not None:
            late = piece["day"].to_numpy() >= known.split_at
        for part, mine in zip(parts, (kept & ~late, kept & late), strict=True):
            part.add(basket[mine], number[key[mine]])
    return parts


def _kept(start: IntArray, size: IntArray, key: IntArray, popularity: IntArray, most_lines: int) -> NDArray[np.bool_]:
    """Of a basket with more products the `most_lines` first by how often they are sold, then by key.

    What is cut does not depend on the order of lines.
    """
    kept = np.ones(len(key), dtype=bool)
    for first, length in zip(start[size > most_lines], size[size > most_lines], strict=True):
        keys = key[first : first + length]
        kept[first + np.lexsort((keys, -popularity[keys]))[most_lines:]] = False
    return kept


def find(pieces: Iterable[pd.DataFrame], rules: BundleRules | None = None) -> Bundles:
    """Pairs bought together more often than chance at the stated false discovery rate, by the lower bound of lift.

    pieces: the baskets by time, read twice. Columns basket (a number of its day, its rows together), day, product_key
    (numbers as small as there are products), one row per product of a basket; no day is in two pieces, and later pieces
    have later days.
    """
    rules = rules or BundleRules()
    known = survey(pieces, rules)
    if not known.baskets:
        return Bundles(pd.DataFrame(columns=list(COLUMNS)), 0, 0, 0, None)
    early, late = count(pieces, known, rules.most_lines)
    i, j, both = at_least(early.joint, rules.least_joint)
    frame = _evidence(i, j, both, early, rules)
    frame = frame[frame["q_value"] <= rules.false_share].copy()
    _again(frame, late, rules)
    frame = frame.sort_values(["lift_low", "i", "j"], ascending=[False, True, True], ignore_index=True)
    frame["product_key"], frame["other_product_key"] = known.keys[frame["i"]], known.keys[frame["j"]]
    day = None if known.split_at is None else pd.Timestamp(known.split_at)
    return Bundles(frame[list(COLUMNS)], known.baskets, known.cut, len(i), day)


def at_least(joint: sparse.csr_matrix, least: int) -> tuple[IntArray, IntArray, IntArray]:
    """Products i < j with at least `least` joint baskets, and how many."""
    counts = joint.tocoo()
    enough = counts.data >= least
    return tuple(each[enough].astype(np.int64) for each in (counts.row, counts.col, counts.data))


def _evidence(i: IntArray, j: IntArray, both: IntArray, early: Part, rules: BundleRules) -> pd.DataFrame:
    """Measures of every candidate pair with the one-sided Fisher test: P(at least as many joint baskets by chance).

    Every pair that could have reached `least_joint` counts as a test, found or not: having been selected for its many
    joint baskets is no evidence.
    """
    sizes, baskets, crowding = early.sizes, early.baskets, early.crowding
    a, b = sizes[i], sizes[j]
    free = baskets / crowding
    p_value = joint_or_more(both, a, b, np.maximum(free, a + b - both))
    eligible = int((sizes >= rules.least_joint).sum())
    return pd.DataFrame({
        "i": i, "j": j, "joint_baskets": both, "baskets": a, "other_baskets": b,
        "lift": lift(both, a, b, baskets), "lift_low": lift_low(both, a, b, baskets, crowding, rules.z),
        "leverage": both / baskets - a / baskets * (b / baskets), "confidence": both / a, "other_confidence": both / b,
        "p_value": p_value, "q_value": adjusted(p_value, eligible * (eligible - 1) // 2),
    })  # fmt: skip


def lift(both: IntArray, a: IntArray, b: IntArray, baskets: int) -> FloatArray:
    """Joint baskets over those expected by chance, a b / baskets; NaN where a product was not bought at all.

    >>> float(lift(np.array([20]), np.array([40]), np.array([50]), 1000)[0])
    10.0
    """
    chance = np.asarray(a, dtype=float) * b / max(baskets, 1)
    return np.where(chance > 0, both / np.where(chance > 0, chance, 1.0), np.nan)


def lift_low(both: IntArray, a: IntArray, b: IntArray, baskets: int, crowding: float, z: float) -> FloatArray:
    """Lower bound of lift beyond crowding: lift / crowding * exp(-z se).

    se^2 = 1/both - 1/a - 1/b + (2 lift - 1)/baskets: the delta method on ln p_both - ln p_a - ln p_b of a multinomial
    sample; 0 without a joint basket.
    """
    found = lift(both, a, b, baskets)
    inverse = [1.0 / np.maximum(count, 1) for count in (both, a, b)]
    variance = inverse[0] - inverse[1] - inverse[2] + (2.0 * found - 1.0) / max(baskets, 1)
    low = found / crowding * np.exp(-z * np.sqrt(np.maximum(variance, 0.0)))
    return np.where((both == 0) & np.isfinite(found), 0.0, low)


def _again(frame: pd.DataFrame, late: Part, rules: BundleRules) -> None:
    """Add what the later baskets say of the pairs found: `holds` when even the lower bound lies above chance.

    NA where either was not bought any more.
    """
    baskets, sizes = late.baskets, late.sizes
    i, j = frame["i"].to_numpy(), frame["j"].to_numpy()
    both = np.asarray(late.joint[i, j], dtype=np.int64).ravel() if len(frame) else np.zeros(0, dtype=np.int64)
    frame["later_joint_baskets"] = both
    frame["later_lift"] = lift(both, sizes[i], sizes[j], baskets)
    frame["later_lift_low"] = lift_low(both, sizes[i], sizes[j], baskets, late.crowding, rules.z)
    measured = frame["later_lift"].notna()
    frame["holds"] = (frame["later_lift_low"] > 1.0).astype("boolean").where(measured)
