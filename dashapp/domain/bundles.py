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
class Baskets:
    """Lines as numbers: distinct (basket, product), baskets in the order of time."""

    basket: IntArray
    product: IntArray
    keys: IntArray
    "product_key per product number."
    day: NDArray[np.datetime64]
    "Per basket."
    cut: int

    def between(self, first: int, last: int) -> sparse.csr_matrix:
        """Baskets first..last - 1 x products, 1 where the basket holds the product."""
        inside = (self.basket >= first) & (self.basket < last)
        ones = np.ones(int(inside.sum()), dtype=np.float32)
        shape = (last - first, len(self.keys))
        return sparse.csr_matrix((ones, (self.basket[inside] - first, self.product[inside])), shape=shape)


def baskets_of(lines: pd.DataFrame, most_lines: int) -> Baskets:
    """lines: basket (number of the purchase order, any order), day, product_key; one row per line, repeats allowed.

    A basket with more products keeps the `most_lines` first by how often they are sold, then by key: what is cut does
    not depend on the order of lines.
    """
    distinct = lines.drop_duplicates(["basket", "product_key"])
    by_time = distinct.groupby("basket")["day"].min().reset_index().sort_values(["day", "basket"])
    number = pd.Series(np.arange(len(by_time)), index=by_time["basket"].to_numpy())
    basket = number.reindex(distinct["basket"]).to_numpy(dtype=np.int64)
    product, keys = pd.factorize(distinct["product_key"], sort=True)
    popularity = np.bincount(product, minlength=len(keys))
    order = np.lexsort((product, -popularity[product], basket))
    basket, product = basket[order], product[order]
    size = np.bincount(basket, minlength=len(by_time))
    place = np.arange(len(basket)) - (np.cumsum(size) - size)[basket]
    kept = place < most_lines
    return Baskets(
        basket[kept], product[kept], np.asarray(keys, dtype=np.int64), by_time["day"].to_numpy(),
        int((size > most_lines).sum()),
    )  # fmt: skip


def joint(matrix: sparse.csr_matrix, least: int) -> tuple[IntArray, IntArray, IntArray]:
    """Products i < j with at least `least` joint baskets, and how many: the upper triangle of X'X."""
    counts = sparse.triu(matrix.T @ matrix, k=1, format="coo")
    enough = counts.data >= least
    return (
        counts.row[enough].astype(np.int64),
        counts.col[enough].astype(np.int64),
        np.rint(counts.data[enough]).astype(np.int64),
    )


def find(lines: pd.DataFrame, rules: BundleRules | None = None) -> Bundles:
    """Pairs bought together more often than chance at the stated false discovery rate, by the lower bound of lift."""
    rules = rules or BundleRules()
    if lines.empty:
        return Bundles(pd.DataFrame(columns=list(COLUMNS)), 0, 0, 0, None)
    held = baskets_of(lines, rules.most_lines)
    total = len(held.day)
    split = _split(held, rules.share_first)
    early, late = held.between(0, split), held.between(split, total)
    i, j, both = joint(early, rules.least_joint)
    frame = _evidence(i, j, both, _sizes(early), split, _crowding(early), rules)
    frame = frame[frame["q_value"] <= rules.false_share].copy()
    _again(frame, late, _sizes(late), rules)
    frame = frame.sort_values(["lift_low", "i", "j"], ascending=[False, True, True], ignore_index=True)
    frame["product_key"], frame["other_product_key"] = held.keys[frame["i"]], held.keys[frame["j"]]
    day = pd.Timestamp(held.day[split]) if split < total else None
    return Bundles(frame[list(COLUMNS)], total, held.cut, len(i), day)


def _split(held: Baskets, share: float) -> int:
    """Number of the first later basket, at the start of a day; all baskets are early where that leaves none early."""
    total, place = len(held.day), int(len(held.day) * share)
    split = int(np.searchsorted(held.day, held.day[place])) if place < total else total
    return split if split > 0 else total


def _sizes(matrix: sparse.csr_matrix) -> IntArray:
    return np.asarray(np.rint(np.asarray(matrix.sum(axis=0)).ravel()), dtype=np.int64)


def _crowding(matrix: sparse.csr_matrix) -> float:
    """How much more often than a b / n two products meet because baskets differ in size; at least 1."""
    size = np.diff(matrix.indptr).astype(float)
    pieces = size.sum()
    return max(1.0, len(size) * float(size @ (size - 1)) / pieces**2) if pieces else 1.0


def _evidence(
    i: IntArray, j: IntArray, both: IntArray, sizes: IntArray, baskets: int, crowding: float, rules: BundleRules
) -> pd.DataFrame:
    """Measures of every candidate pair with the one-sided Fisher test: P(at least as many joint baskets by chance).

    Every pair that could have reached `least_joint` counts as a test, found or not: having been selected for its many
    joint baskets is no evidence.
    """
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


def _again(frame: pd.DataFrame, late: sparse.csr_matrix, sizes: IntArray, rules: BundleRules) -> None:
    """Add what the later baskets say of the pairs found: `holds` when even the lower bound lies above chance.

    NA where either was not bought any more.
    """
    baskets = late.shape[0]
    i, j = frame["i"].to_numpy(), frame["j"].to_numpy()
    counts = (late.T @ late).tocsr()
    both = np.rint(np.asarray(counts[i, j]).ravel()).astype(np.int64) if len(frame) else np.zeros(0, dtype=np.int64)
    frame["later_joint_baskets"] = both
    frame["later_lift"] = lift(both, sizes[i], sizes[j], baskets)
    frame["later_lift_low"] = lift_low(both, sizes[i], sizes[j], baskets, _crowding(late), rules.z)
    measured = frame["later_lift"].notna()
    frame["holds"] = (frame["later_lift_low"] > 1.0).astype("boolean").where(measured)
