from __future__ import annotations

from itertools import combinations
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from dashapp.domain import bundles
from dashapp.domain.bundles import BundleRules
from dashapp.domain.significance import adjusted, joint_or_more

DAYS = pd.date_range("2024-01-01", periods=100)


def lines(held: list[set[int]]) -> pd.DataFrame:
    """One basket per set, in the order of time, twenty a day."""
    rows = [(number, DAYS[min(number // 20, 99)], key) for number, keys in enumerate(held) for key in sorted(keys)]
    return pd.DataFrame(rows, columns=["basket", "day", "product_key"])


def find(held: list[set[int]], rules: BundleRules | None = None) -> bundles.Bundles:
    return bundles.find([lines(held)], rules)


def random_baskets(rng: np.random.Generator, baskets: int = 2000, products: int = 60) -> list[set[int]]:
    """Independent products of different popularity in baskets of very different sizes."""
    share = rng.dirichlet(np.full(products, 1.5))
    size = np.minimum(1 + rng.geometric(0.15, baskets), products // 2)
    return [set(rng.choice(products, count, replace=False, p=share).tolist()) for count in size]


def test_every_measure_equals_brute_force():
    rng = np.random.default_rng(1)
    held = [keys | ({1, 2} if rng.random() < 0.1 else set()) for keys in random_baskets(rng, 300, 12)]
    found = find(held, BundleRules(least_joint=3, share_first=1.0, false_share=1.0))
    n = len(held)
    crowding = max(1.0, n * sum(len(k) * (len(k) - 1) for k in held) / sum(map(len, held)) ** 2)
    expected = {}
    for i, j in combinations(range(12), 2):
        a, b = sum(i in k for k in held), sum(j in k for k in held)
        both = sum(i in k and j in k for k in held)
        if both >= 3:
            low = n * both / a / b / crowding
            low *= np.exp(-1.645 * np.sqrt(1 / both - 1 / a - 1 / b + (2 * n * both / a / b - 1) / n))
            expected[i, j] = (both, a, b, n * both / a / b, low, both / n - a * b / n**2, both / a, both / b)
    names = ["joint_baskets", "baskets", "other_baskets", "lift", "lift_low", "leverage", "confidence",
             "other_confidence"]  # fmt: skip
    ours = found.pairs.set_index(["product_key", "other_product_key"])[names]
    assert set(ours.index) == set(expected)
    for pair, values in expected.items():
        np.testing.assert_allclose(ours.loc[pair], values, rtol=1e-9)


def test_the_exact_test_is_scipys():
    rng = np.random.default_rng(2)
    n = rng.integers(50, 3000, 500)
    a, b = rng.integers(1, n), rng.integers(1, n)
    x = np.clip(stats.hypergeom.rvs(n, a, b, random_state=rng) + rng.integers(-3, 12, 500), 0, np.minimum(a, b))
    np.testing.assert_allclose(joint_or_more(x, a, b, n), stats.hypergeom.sf(x - 1, n, a, b), rtol=1e-8, atol=1e-10)


def test_adjusted_p_values_are_scipys():
    p = np.random.default_rng(3).random(50) ** 2
    np.testing.assert_allclose(adjusted(p), stats.false_discovery_control(p))
    np.testing.assert_allclose(adjusted(p, 100), stats.false_discovery_control(np.r_[p, np.ones(50)])[:50])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_baskets_of_any_size_yield_almost_nothing(seed: int):
    held = random_baskets(np.random.default_rng(seed))
    found = find(held, BundleRules(least_joint=5))
    assert found.tested > 200
    assert len(found.pairs) <= 0.05 * found.tested


def test_planted_pairs_are_found_and_hold_later_while_a_fashion_does_not():
    rng = np.random.default_rng(4)
    held = random_baskets(rng)
    for number, keys in enumerate(held):
        if rng.random() < 0.04:
            keys |= {100, 101}
        keys |= {102} if rng.random() < 0.04 else set()
        keys |= {103} if rng.random() < 0.04 else set()
        if number < 1400 and rng.random() < 0.04:
            keys |= {102, 103}
    pairs = find(held).pairs.set_index(["product_key", "other_product_key"])
    assert pairs.loc[(100, 101), "holds"]
    assert (102, 103) in pairs.index
    assert not pairs.loc[(102, 103), "holds"]
    assert pairs.index[0] == (100, 101)


def test_what_came_later_has_no_say_in_what_is_found():
    rng = np.random.default_rng(5)
    held = [keys - {1, 2} for keys in random_baskets(rng)]
    for keys in held[1400:]:
        keys |= {1, 2} if rng.random() < 0.3 else set()
    assert (1, 2) not in set(zip(*find(held).pairs[["product_key", "other_product_key"]].T.values))  # noqa: B905


def test_large_baskets_are_cut_and_counted_whatever_the_order_of_lines():
    held = [set(range(80))] + [{1, 2, 3}] * 30
    frame, rules = lines(held), BundleRules(least_joint=1, false_share=1.0, share_first=1.0)
    mixed = frame.sample(frac=1, random_state=1).sort_values("basket", kind="stable")
    one, other = bundles.find([frame], rules), bundles.find([mixed], rules)
    assert one.baskets_cut == 1
    assert one.tested == 50 * 49 // 2
    together = one.pairs.set_index(["product_key", "other_product_key"])["joint_baskets"]
    assert [together[pair] for pair in ((1, 2), (1, 3), (2, 3))] == [31, 31, 31]
    pd.testing.assert_frame_equal(one.pairs, other.pairs)


@pytest.mark.parametrize("days_each", [1, 7])
def test_baskets_told_in_pieces_give_what_all_at_once_give(days_each: int):
    rng = np.random.default_rng(6)
    frame = lines(random_baskets(rng))
    piece = (frame["day"] - DAYS[0]).dt.days // days_each
    rules = BundleRules(most_lines=12, least_joint=5, false_share=1.0)
    whole, found = bundles.find([frame], rules), bundles.find([part for _, part in frame.groupby(piece)], rules)
    assert whole.baskets_cut > 0
    assert (whole.baskets, whole.baskets_cut, whole.tested, whole.split_at) == (
        found.baskets, found.baskets_cut, found.tested, found.split_at,
    )  # fmt: skip
    pd.testing.assert_frame_equal(whole.pairs, found.pairs)


def test_no_lines_are_no_error():
    assert find([]).pairs.empty


@pytest.mark.slow
def test_a_million_lines_give_the_reference_pairs(shared_data: Path, reference):
    file = shared_data / "online_retail_II" / "online_retail_two_years.parquet"
    sql = """select dense_rank() over (order by Invoice) as basket, min(cast(InvoiceDate as date)) as day,
                dense_rank() over (order by StockCode) as product_key
             from read_parquet(?) where Invoice not like 'C%' and Quantity > 0 and Price > 0
             group by Invoice, StockCode order by basket"""
    with duckdb.connect() as connection:
        frame = connection.execute(sql, [str(file)]).df()
    known = reference["online_retail_pairs"]
    rules = BundleRules(most_lines=10_000, least_joint=100, share_first=1.0)
    found = bundles.find([frame], rules)
    assert (len(frame), found.baskets, found.tested) == (known["lines"], known["baskets"], known["pairs_count_ge_100"])
