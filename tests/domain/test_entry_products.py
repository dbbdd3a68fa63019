from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from dashapp.domain import entry_products
from dashapp.domain.entry_products import EntryRules


def people(rng: np.random.Generator, per_product: dict[int, tuple[int, float]]) -> tuple[pd.DataFrame, ...]:
    """entries, customers, days: per product so many customers with lognormal values of the given mean."""
    rows = [(key, mean) for key, (count, mean) in per_product.items() for _ in range(count)]
    n = len(rows)
    entries = pd.DataFrame({"customer_key": np.arange(n), "entry_key": [key for key, _ in rows]})
    second = np.where(rng.random(n) < 0.5, rng.integers(1, 500, n), np.nan)
    customers = pd.DataFrame({"customer_key": np.arange(n), "T_days": 600, "second_days": second, "first_quarter": 0})
    value = np.array([mean for _, mean in rows]) * np.exp(rng.normal(-0.5, 1.0, n))
    days = pd.DataFrame({"customer_key": np.arange(n), "age_days": 0, "net_value": value})
    return entries, customers, days


def test_values_by_hand_at_equal_age():
    customers = pd.DataFrame(
        {"customer_key": [7, 8, 9], "T_days": [90, 89, 400], "second_days": [89.0, np.nan, 90.0], "first_quarter": 1}
    )
    days = pd.DataFrame({
        "customer_key": [7, 7, 7, 8, 9, 9], "age_days": [0, 89, 90, 0, 0, 90], "net_value": [10.0, 5, 99, 50, 20, 7],
    })  # fmt: skip
    entries = pd.DataFrame({"customer_key": [7, 8, 9, 9, 9], "entry_key": [1, 1, 1, 2, 2]})
    rules = EntryRules(windows_days=(90,), least_customers=1)
    found = entry_products.compare(entries, customers, days, rules).set_index("entry_key")
    # Customer 8 was observed for 89 days only; 7's day 90 and 9's second purchase on day 90 lie outside the window.
    assert found.loc[1, ["customers", "mature_customers", "net_value", "repeat_rate"]].to_list() == [3, 2, 17.5, 0.5]
    assert found.loc[2, ["customers", "mature_customers", "net_value", "repeat_rate"]].to_list() == [1, 1, 20.0, 0.0]
    assert found.loc[1, "overall_value"] == 17.5


def test_too_few_customers_make_no_row():
    entries, customers, days = people(np.random.default_rng(1), {1: (19, 50.0), 2: (20, 50.0)})
    assert set(entry_products.compare(entries, customers, days)["entry_key"]) == {2}


def test_without_a_difference_few_products_look_different_and_all_are_drawn_together():
    entries, customers, days = people(np.random.default_rng(2), {key: (60, 50.0) for key in range(200)})
    found = entry_products.compare(entries, customers, days, EntryRules(windows_days=(90,)))
    assert (found["q_value"] < 0.05).mean() <= 0.05
    assert found["shrunk_value"].std() < 0.3 * found["net_value"].std()


def test_values_drawn_together_lie_closer_to_the_truth():
    rng = np.random.default_rng(3)
    truth = pd.Series({key: float(np.exp(rng.normal(4.0, 0.2))) for key in range(150)})
    entries, customers, days = people(rng, {key: (30, mean) for key, mean in truth.items()})
    found = entry_products.compare(entries, customers, days, EntryRules(windows_days=(90,))).set_index("entry_key")
    drawn, raw = (((found[name] - truth) ** 2).mean() for name in ("shrunk_value", "net_value"))
    assert drawn < 0.7 * raw
    inside = (found["shrunk_low"] <= truth) & (found["shrunk_high"] >= truth)
    assert inside.mean() == pytest.approx(0.9, abs=0.08)


def test_a_product_whose_customers_are_worth_more_is_found():
    shop = {key: (60, 50.0) for key in range(100)} | {999: (200, 120.0)}
    entries, customers, days = people(np.random.default_rng(6), shop)
    found = entry_products.compare(entries, customers, days, EntryRules(windows_days=(90,))).set_index("entry_key")
    assert found.loc[999, "q_value"] < 0.001
    assert (found.drop(999)["q_value"] < 0.05).mean() <= 0.05


def test_the_interval_covers_the_mean():
    entries, customers, days = people(np.random.default_rng(4), {key: (400, 50.0) for key in range(300)})
    found = entry_products.compare(entries, customers, days, EntryRules(windows_days=(90,)))
    covered = ((found["net_value_low"] <= 50) & (found["net_value_high"] >= 50)).mean()
    assert covered == pytest.approx(0.88, abs=0.05)  # 90 % less what the skew of a lognormal takes at n = 400


def test_median_wait_is_that_of_scipys_kaplan_meier():
    rng = np.random.default_rng(5)
    for _ in range(20):
        n = 60
        wait, age = rng.integers(1, 60, n), rng.integers(1, 80, n).astype(float)
        second = np.where(wait <= age, wait, np.nan)
        ours = entry_products.median_wait(np.zeros(n, dtype=int), second, age, 1)[0]
        data = stats.CensoredData.right_censored(np.fmin(second, age), np.isnan(second))
        survival = stats.ecdf(data).sf
        below = survival.quantiles[survival.probabilities <= 0.5 + 1e-12]
        assert ours == below[0] if len(below) else np.isnan(ours)


def test_nobody_is_no_error():
    entries, customers, days = people(np.random.default_rng(1), {})
    assert entry_products.compare(entries, customers, days).empty


def waits(rng: np.random.Generator, hazard: np.ndarray, quarter: np.ndarray) -> pd.DataFrame:
    """customers of whom all are observed for 600 days, with exponential days to the second purchase."""
    second = np.ceil(rng.exponential(200.0 / hazard))
    n = len(hazard)
    return pd.DataFrame({
        "customer_key": np.arange(n), "T_days": 600, "first_quarter": quarter,
        "second_days": np.where(second <= 600, second, np.nan),
    })  # fmt: skip


NO_DAYS = pd.DataFrame({"customer_key": [0], "age_days": [0], "net_value": [1.0]})
ONE_WINDOW = EntryRules(windows_days=(90,))


def test_a_product_that_brings_customers_back_is_found_and_its_ratio_covered():
    rng = np.random.default_rng(7)
    product, quarter = rng.integers(0, 200, 12_000), rng.integers(0, 8, 12_000)
    customers = waits(rng, np.where(product == 7, 2.0, 1.0) * (1.0 + quarter / 4), quarter)
    entries = pd.DataFrame({"customer_key": np.arange(12_000), "entry_key": product})
    found = entry_products.compare(entries, customers, NO_DAYS, ONE_WINDOW).set_index("entry_key")
    assert found.loc[7, "hazard_q_value"] < 1e-4
    assert found.loc[7, "hazard_low"] < 2.0 < found.loc[7, "hazard_high"]
    others = found.drop(7)
    assert (others["hazard_q_value"] < 0.05).mean() <= 0.05
    assert ((others["hazard_low"] < 1) & (others["hazard_high"] > 1)).mean() == pytest.approx(0.9, abs=0.06)


def test_season_does_not_pass_for_product():
    """Product 1 is bought by those who start in quarter 1, who come back twice as soon whatever they bought."""
    rng = np.random.default_rng(8)
    quarter = rng.integers(0, 2, 3000)
    product = np.where(rng.random(3000) < 0.8, quarter, 1 - quarter)
    entries = pd.DataFrame({"customer_key": np.arange(3000), "entry_key": product})
    customers = waits(rng, 1.0 + quarter, quarter)
    blind = entry_products.compare(entries, customers.assign(first_quarter=0), NO_DAYS, ONE_WINDOW)
    found = entry_products.compare(entries, customers, NO_DAYS, ONE_WINDOW)
    assert blind["hazard_ratio"].to_numpy()[1] > 1.4
    assert found["hazard_ratio"].to_numpy() == pytest.approx([1, 1], abs=0.12)
    assert found["hazard_p_value"].min() > 0.05


def test_a_large_first_basket_does_not_make_every_product_look_good():
    """Who starts with eight products comes back three times as soon as who starts with one; products do nothing."""
    rng = np.random.default_rng(9)
    size = np.where(rng.random(2000) < 0.3, 8, 1)
    bought = [(key, product) for key, n in enumerate(size) for product in rng.choice(60, n, replace=False)]
    entries = pd.DataFrame(bought, columns=["customer_key", "entry_key"])
    customers = waits(rng, np.where(size == 8, 3.0, 1.0), np.zeros(2000))
    found = entry_products.compare(entries, customers, NO_DAYS, ONE_WINDOW)
    assert found["hazard_ratio"].median() == pytest.approx(1.0, abs=0.05)
    assert (found["hazard_q_value"] < 0.05).mean() <= 0.05
