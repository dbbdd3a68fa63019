"""Contributions against brute force over all orders, and the axioms that define them."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest

from dashapp.domain import scoring
from dashapp.domain.contributions import STATISTICS, explain, possible, shapley
from dashapp.domain.scoring import Assumptions, Fits, score
from tests.domain.test_cohort_forecasts import shop, summary


@pytest.fixture(scope="module")
def base() -> pd.DataFrame:
    return summary(shop(7, 400)).reset_index(drop=True)


@pytest.fixture(scope="module", params=["bg_nbd", "mbg_nbd"])
def fits(request: pytest.FixtureRequest, base: pd.DataFrame) -> Fits:
    return scoring.fit(base, request.param)


def worth(fits: Fits, history: pd.Series, assumed: Assumptions) -> float:
    """CLV of one history by the road the refresh takes."""
    row = possible(history.to_frame().T.astype({name: int for name in STATISTICS[:3]})).assign(customer_key=1)
    return float(score(row, assumed, fitted=fits).frame["clv"].iloc[0])


def by_all_orders(fits: Fits, mine: pd.Series, other: pd.Series, assumed: Assumptions) -> dict[str, float]:
    """The mean change over the 24 orders of putting one statistic after the other in place."""
    anybody = float(fits.spend.expected_order_value([0], [0.0])[0])
    mine = mine.astype(float).copy()
    if not mine["frequency"]:
        mine["monetary_value"] = anybody
    changes: dict[str, list[float]] = {name: [] for name in STATISTICS}
    for order in permutations(STATISTICS):
        mixed = other.astype(float).copy()
        before = worth(fits, mixed, assumed)
        for name in order:
            mixed[name] = mine[name]
            now = worth(fits, mixed, assumed)
            changes[name].append(now - before)
            before = now
    return {name: float(np.mean(found)) for name, found in changes.items()}


def test_they_add_up_to_the_published_value_of_every_customer(fits: Fits, base: pd.DataFrame) -> None:
    assumed = Assumptions("mbg_nbd", 200, 0.15, 0.4)
    found = explain(fits, base, assumed)
    published = score(base, assumed, fitted=fits).frame["clv"].to_numpy()
    told = found.average + found.contributions.sum(axis=1).to_numpy()
    assert np.abs(told - published).max() < 1e-9 * published.max()
    assert found.average == pytest.approx(worth(fits, found.reference.iloc[0], assumed))


@pytest.mark.slow
def test_each_is_the_mean_over_all_orders(fits: Fits, base: pd.DataFrame) -> None:
    assumed = Assumptions()
    found = explain(fits, base, assumed)
    once, often = base[base["frequency"] == 0].index[0], base["frequency"].idxmax()
    for place in (once, often):
        expected = by_all_orders(fits, base.loc[place, list(STATISTICS)], found.reference.iloc[0], assumed)
        assert found.contributions.loc[place].to_dict() == pytest.approx(expected, abs=1e-8)


def test_a_statistic_like_the_average_one_contributes_nothing(fits: Fits, base: pd.DataFrame) -> None:
    found = explain(fits, base, Assumptions())
    for name in STATISTICS[:3]:
        alike = (base[name] == found.reference[name].iloc[0]).to_numpy()
        assert alike.any()
        assert found.contributions.loc[alike, name].abs().max() < 1e-9


def test_equal_players_share_equally_and_a_dummy_gets_nothing() -> None:
    sizes = np.array([(s & 1) + (s >> 1 & 1) for s in range(8)], dtype=float)
    values = np.stack([sizes**2, 3.0 * (np.arange(8) >> 2 & 1)], axis=1)
    assert shapley(values) == pytest.approx(np.array([[2.0, 0.0], [2.0, 0.0], [0.0, 3.0]]))


def test_the_glove_game_is_that_of_the_textbooks() -> None:
    """Two left gloves and one right: 1/6, 1/6, 2/3."""
    values = np.array([float(s & 4 > 0 and s & 3 > 0) for s in range(8)])[:, None]
    assert shapley(values)[:, 0] == pytest.approx([1 / 6, 1 / 6, 2 / 3])


def test_real_histories_stay_and_impossible_ones_move_to_the_nearest() -> None:
    rows = pd.DataFrame([[3, 40, 90], [0, 0, 5], [3, 40, 10], [0, 40, 90], [9, 2, 4]], columns=STATISTICS[:3])
    assert possible(rows).to_numpy().tolist() == [[3, 40, 90], [0, 0, 5], [3, 10, 10], [0, 0, 90], [9, 9, 9]]


def test_equal_histories_are_explained_alike_wherever_they_stand(fits: Fits, base: pd.DataFrame):
    """One-time buyers of one age are worked out once and told to each of them."""
    mixed = pd.concat([base, base.iloc[::-3]], ignore_index=True)
    some = explain(fits, mixed, Assumptions()).contributions
    again = mixed.assign(**some.rename(columns="of {}".format)).groupby(list(STATISTICS))
    assert (again[[f"of {name}" for name in STATISTICS]].nunique() == 1).all(axis=None)
    value = score(mixed.assign(customer_key=range(len(mixed))), Assumptions(), fitted=fits).frame["clv"]
    assert np.ptp(value.to_numpy() - some.sum(axis=1).to_numpy()) < 1e-9 * float(value.max())
