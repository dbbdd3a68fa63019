"""Each scenario of the sample changes what it says; without one the shop is what it was."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from etl import simulation
from etl.__main__ import app
from etl.scenarios import Scenarios

FIRST, LAST = pd.Timestamp("2023-01-01"), pd.Timestamp("2025-06-30")


def shop(returns: float = 0.0, **told: float) -> dict[str, pd.DataFrame]:
    return simulation.simulate(7, 1500, 30, returns, Scenarios(**told))


@pytest.fixture(scope="module")
def usual() -> pd.DataFrame:
    return shop()["order_lines"]


def days(orders: pd.DataFrame) -> pd.Series:
    """Part of the history at which each line was ordered."""
    return (orders["ordered_at"] - FIRST) / (LAST - FIRST)


def test_returns_come_back_in_their_share(usual: pd.DataFrame):
    back = shop(returns=0.2)["order_lines"]
    assert (back["quantity"] < 0).sum() == pytest.approx(0.2 * len(usual), rel=0.15)
    assert (usual["quantity"] > 0).all()


def test_a_season_leaves_fewer_repeat_orders_in_summer_than_in_december(usual: pd.DataFrame):
    def summer_to_winter(orders: pd.DataFrame) -> float:
        late = orders[~orders.duplicated("order_id")]
        late = late[late.duplicated("customer_id") & late["ordered_at"].dt.year.between(2023, 2024)]
        month = late["ordered_at"].dt.month
        return month.isin([5, 6]).sum() / month.isin([11, 12]).sum()

    assert summer_to_winter(shop(seasonal=0.9)["order_lines"]) < 0.4 * summer_to_winter(usual)


def test_a_churn_shock_takes_its_share_of_later_repeat_orders(usual: pd.DataFrame):
    shocked = shop(churn_shock=0.6)["order_lines"]

    def repeats(orders: pd.DataFrame, after: bool) -> int:
        each = orders[~orders.duplicated("order_id")]
        return int((each.duplicated("customer_id") & ((days(each) > 2 / 3) == after)).sum())

    assert repeats(shocked, after=False) == repeats(usual, after=False)
    assert repeats(shocked, after=True) == pytest.approx(0.4 * repeats(usual, after=True), rel=0.15)


def test_a_promotion_lowers_prices_and_sells_more_for_four_weeks_only(usual: pd.DataFrame):
    promoted = shop(promo=0.25)["order_lines"]
    during = usual["ordered_at"].between("2024-03-31", "2024-04-28", inclusive="left")
    assert (promoted[~during].reset_index(drop=True) == usual[~during].reset_index(drop=True)).all(axis=None)
    assert (promoted["unit_price"] / usual["unit_price"])[during].mean() == pytest.approx(0.75, abs=0.01)
    assert (promoted["quantity"] - usual["quantity"])[during].mean() == pytest.approx(0.5, abs=0.1)


def test_a_price_rise_holds_for_the_last_quarter_and_is_in_the_price_list(usual: pd.DataFrame):
    risen = shop(price_rise=0.1)
    ratio = risen["order_lines"]["unit_price"] / usual["unit_price"]
    late = usual["ordered_at"] >= "2024-11-14"
    assert (ratio[~late] == 1).all()
    assert np.median(ratio[late]) == pytest.approx(1.1, abs=0.001)
    prices = risen["prices"].sort_values(["product_id", "valid_from"])
    assert list(prices["valid_from"].unique()) == ["2023-01-01", "2024-11-14"]
    assert list(prices["valid_to"].unique()) == ["2024-11-13", ""]
    one = prices["unit_price"].to_numpy()[:2]
    assert one[1] == pytest.approx(1.1 * one[0], abs=0.005)
    assert risen["costs"].equals(shop()["costs"])


def test_duplicates_repeat_their_share_of_lines(usual: pd.DataFrame):
    doubled = shop(duplicates=0.1)["order_lines"]
    assert len(doubled) == pytest.approx(1.1 * len(usual), rel=0.02)
    assert len(doubled) - len(usual) == doubled.duplicated().sum() - usual.duplicated().sum()
    assert doubled.drop_duplicates(ignore_index=True).equals(usual.drop_duplicates(ignore_index=True))


def test_the_command_takes_scenarios(tmp_path: Path):
    arguments = ["sample", "--out", str(tmp_path), "--customers", "30", "--months", "6", "--option", "price_rise=0.5"]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    assert pd.read_csv(tmp_path / "prices.csv")["valid_from"].nunique() == 2
    assert CliRunner().invoke(app, [*arguments[:-1], "price_rize=1"]).exit_code == 2
