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


def random_baskets(rng: np.random.Generator, baskets: int = 2000, products: int = 60) -> list[set[int]]:
    """Independent products of different popularity in baskets of very different sizes."""
    share = rng.dirichlet(np.full(products, 1.5))
    size = np.minimum(1 + rng.geometric(0.15, baskets), products // 2)
    return [set(rng.choice(products, count, replace=False, p=share).tolist()) for count in size]


def test_every_measure_equals_brute_force():
    rng = np.random.default_rng(1)
    held = [keys | ({1, 2} if rng.random() < 0.1 else set()) for keys in random_baskets(rng, 300, 12)]
    found = bundles.find(lines(held), BundleRules(least_joint=3, share_first=1.0, false_share=1.0))
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
    found = bundles.find(lines(held), BundleRules(least_joint=5))
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
    pairs = bundles.find(lines(held)).pairs.set_index(["product_key", "other_product_key"])
    assert pairs.loc[(100, 101), "holds"]
    assert (102, 103) in pairs.index
    assert not pairs.loc[(102, 103), "holds"]
    assert pairs.index[0] == (100, 101)


def test_what_came_later_has_no_say_in_what_is_found():
    rng = np.random.default_rng(5)
    held = [keys - {1, 2} for keys in random_baskets(rng)]
    for keys in held[1400:]:
        keys |= {1, 2} if rng.random() < 0.3 else set()
    assert (1, 2) not in set(zip(*bundles.find(lines(held)).pairs[["product_key", "other_product_key"]].T.values))  # noqa: B905


def test_large_baskets_are_cut_and_counted_whatever_the_order_of_lines():
    held = [set(range(80))] + [{1, 2, 3}] * 30
    frame = lines(held)
    one, other = bundles.baskets_of(frame, 50), bundles.baskets_of(frame.sample(frac=1, random_state=1), 50)
    assert one.cut == 1
    assert np.bincount(one.basket)[0] == 50
    assert {1, 2, 3} <= set(one.keys[one.product[one.basket == 0]])
    np.testing.assert_array_equal(one.product, other.product)


def test_a_product_listed_twice_in_a_basket_counts_once():
    frame = lines([{1, 2}] * 25)
    twice = pd.concat([frame, frame])
    rules = BundleRules(share_first=1.0, false_share=1.0)
    assert bundles.find(twice, rules).pairs["joint_baskets"].to_list() == [25]


def test_no_lines_are_no_error():
    assert bundles.find(lines([])).pairs.empty


@pytest.mark.slow
def test_a_million_lines_give_the_reference_pairs(shared_data: Path, reference):
    file = shared_data / "online_retail_II" / "online_retail_two_years.parquet"
    sql = """select dense_rank() over (order by Invoice) as basket, min(cast(InvoiceDate as date)) as day,
                dense_rank() over (order by StockCode) as product_key
             from read_parquet(?) where Invoice not like 'C%' and Quantity > 0 and Price > 0
             group by Invoice, StockCode"""
    with duckdb.connect() as connection:
        frame = connection.execute(sql, [str(file)]).df()
    known = reference["online_retail_pairs"]
    held = bundles.baskets_of(frame, 10_000)
    assert (len(frame), len(held.day)) == (known["lines"], known["baskets"])
    assert len(bundles.joint(held.between(0, len(held.day)), 100)[0]) == known["pairs_count_ge_100"]
