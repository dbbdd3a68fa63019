"""Products whose state can be seen with the naked eye, and simulated ones whose stage is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks.lifecycle import by_thresholds, score, stages
from benchmarks.product_lives import Lives, World, frames, lives
from dashapp.domain import lifecycle
from dashapp.domain.lifecycle import Lifecycle, LifecycleRules, settle
from dashapp.domain.vocabulary import LifecycleStage

pytestmark = pytest.mark.slow

DAYS = pd.date_range("2022-01-01", "2024-12-31")
MONTH = (DAYS.year - 2022) * 12 + DAYS.month - 1
NAMES = ("steady", "dormant", "gone", "revived", "new", "seasonal", "short", "rare", "rising", "falling")


def hump(peak: float, pace: float) -> np.ndarray:
    """A logistic density over the days, 1 at its peak [months]."""
    z = pace * (np.arange(len(DAYS)) / 30.4 - peak)
    return 4 / (2 + np.exp(z) + np.exp(-z))


def shop(seed: int = 1) -> Lives:
    """One product per name, new and repeat purchases per day."""
    rng = np.random.default_rng(seed)
    new = np.stack([
        np.full(len(DAYS), 0.3),
        3.0 * (MONTH < 31), 3.0 * (MONTH < 20), 1.0 * ((MONTH < 18) | (MONTH >= 33)), 2.0 * (MONTH >= 34),
        9.0 * np.isin(DAYS.month, (11, 12)), 3.0 * (MONTH >= 32),
        0.01 * (MONTH >= 20), 20.0 * hump(38, 0.3) * (MONTH >= 26),
        6.0 * hump(16, 0.3) * (MONTH >= 5),
    ])  # fmt: skip
    again = np.zeros_like(new)
    again[0] = 8.0
    kinds = pd.Series(NAMES, index=np.arange(1, len(NAMES) + 1))
    return frames(rng.poisson(new), rng.poisson(again), np.zeros(len(new), dtype=int), DAYS, kinds)


def judged(world: Lives, rules: LifecycleRules | None = None) -> Lifecycle:
    return lifecycle.judge(
        world.months, world.products, world.sale_days, world.observed_from, world.observed_until, rules
    )


@pytest.fixture(scope="module")
def life() -> Lifecycle:
    return judged(shop())


@pytest.fixture(scope="module")
def known(life: Lifecycle) -> pd.DataFrame:
    current = life.current
    return current.set_index(shop().truth.loc[current["product_key"]].to_numpy())


@pytest.mark.parametrize(
    ("name", "stage"),
    [
        ("steady", "steady"), ("dormant", "dormant"), ("gone", "discontinued"), ("revived", "revived"), ("new", "new"),
        ("seasonal", "seasonal"), ("short", "too_early"), ("rare", "too_early"), ("rising", "growth"),
        ("falling", "decline"),
    ],
)  # fmt: skip
def test_states_that_anybody_can_see(known: pd.DataFrame, name: str, stage: str):
    assert known.loc[name, "stage"] == stage


def test_every_product_has_a_known_stage_and_a_sentence(known: pd.DataFrame):
    assert set(known["stage"]) <= set(LifecycleStage)
    assert known["reason"].str.endswith(".").all()
    shares = known.loc[["rising", "falling"], [f"share_{phase}" for phase in tuple(LifecycleStage)[:4]]]
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)
    assert known.loc["falling", "confidence"] > 0.9


def test_an_unfinished_month_changes_nothing(known: pd.DataFrame):
    world = shop()
    half = pd.Timestamp("2025-01-17")
    surge = pd.DataFrame({
        "product_key": world.products["product_key"], "month": pd.Timestamp("2025-01-01"), "new_buyers": 900,
        "units": 900.0, "buyers": 900,
    })  # fmt: skip
    sold = pd.DataFrame({"product_key": world.products["product_key"], "day": half})
    later = lifecycle.judge(
        pd.concat([world.months, surge]), world.products, pd.concat([world.sale_days, sold]), world.observed_from, half
    )
    assert later.current["stage"].to_list() == known["stage"].to_list()


def test_one_odd_month_changes_no_stage():
    world = shop()
    last = world.months["month"] == pd.Timestamp("2024-12-01")
    for factor in (0.0, 3.0):
        odd = world.months.copy()
        odd.loc[last, ["new_buyers", "buyers", "units"]] = odd.loc[last, ["new_buyers", "buyers", "units"]] * factor
        found = lifecycle.judge(odd, world.products, world.sale_days, world.observed_from, world.observed_until)
        stage = found.current.set_index("product_key")["stage"]
        assert stage[NAMES.index("rising") + 1] == "growth"
        assert stage[NAMES.index("steady") + 1] == "steady"


def test_a_month_out_of_stock_is_not_taken_for_the_end():
    world = shop()
    rising = world.months["product_key"] == NAMES.index("rising") + 1
    gap = rising & world.months["month"].isin([pd.Timestamp("2024-09-01"), pd.Timestamp("2024-10-01")])
    found = lifecycle.judge(
        world.months[~gap], world.products, world.sale_days, world.observed_from, world.observed_until
    )
    assert found.current.set_index("product_key")["stage"][NAMES.index("rising") + 1] == "growth"


def test_the_same_data_give_the_same_probabilities(known: pd.DataFrame):
    world = shop()
    again = judged(world).current
    pd.testing.assert_frame_equal(again.reset_index(drop=True), known.reset_index(drop=True))


def test_a_threshold_that_is_moved_moves_the_answer():
    world = shop()
    found = judged(world, LifecycleRules(least_periods=3, new_periods=1)).current.set_index("product_key")["stage"]
    assert found[NAMES.index("short") + 1] != "too_early"


@pytest.mark.parametrize("days", [0, 20, 40, 200])
def test_shops_of_a_few_days_or_months_are_no_error(days: int):
    world = shop()
    until = world.observed_from + pd.Timedelta(days=days)
    found = lifecycle.judge(
        world.months[world.months["month"] <= until], world.products[world.products["first_sold_on"] <= until],
        world.sale_days[world.sale_days["day"] <= until], world.observed_from, until,
    )  # fmt: skip
    assert set(found.current["stage"]) <= set(LifecycleStage)


@pytest.mark.parametrize("seed", [21, 22])
def test_simulated_stages_are_told_far_better_than_by_growth_thresholds(seed: int):
    world = lives(700, World(noise=0.10), seed)
    said = stages(world)
    found = score(world.truth, said)
    keys = said[~said.isin(["new", "too_early"])].index
    common = score(world.truth, by_thresholds(world).loc[keys])
    assert found.accuracy >= 0.85
    assert found.macro_f1 >= 0.76
    assert found.accuracy >= common.accuracy + 0.15


def test_what_a_trend_says_needs_more_months_than_what_a_curve_says():
    raw = np.array([[2, 3, 3, 3]])
    trend = np.array([[3, 3, 3, 3]])
    assert settle(raw, raw, 2)[0].tolist() == [2, 2, 3, 3]
    assert settle(raw, raw, trend)[0].tolist() == [2, 2, 2, 3]


def test_the_curve_is_told_month_by_month_with_the_days_of_its_inflections(life: Lifecycle) -> None:
    """`falling` is a logistic density of pace 0.3 with its peak 16 months of 30.4 days after the start, so that
    its inflections lie ln(2 + sqrt 3) / 0.3 = 4.39 months before and after."""
    falling = life.curves[life.curves["product_key"] == NAMES.index("falling") + 1]
    assert set(falling["counted"]) == {"new_buyers"}
    assert len(falling) == 31  # first sold in month 5 of 36
    for edge, months in (("growth_from", 16 - 4.39), ("peak_on", 16), ("decline_from", 16 + 4.39)):
        expected = DAYS[0] + pd.Timedelta(days=30.4 * months)
        assert abs((falling[edge].iloc[0] - expected).days) < 45, edge
    months = shop().months
    sold = months[months["product_key"] == falling["product_key"].iloc[0]]["new_buyers"].sum()
    assert falling["expected"].sum() == pytest.approx(sold, rel=0.1)


def test_what_no_curve_explains_has_none(life: Lifecycle) -> None:
    told = {NAMES[key - 1] for key in life.curves["product_key"].unique()}
    assert "falling" in told
    assert not told & {"new", "rare", "short"}
