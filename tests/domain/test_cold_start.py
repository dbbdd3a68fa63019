"""Beginnings: groups as far as they carry, everybody where they do not, and intervals that hold later customers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from dashapp.domain.cold_start import beginnings, window

MEANS = {("ads", "Toys"): 80.0, ("ads", "Home"): 120.0, ("web", "Toys"): 100.0, ("web", "Home"): 160.0}


def crowd(seed: int, size: int = 400, means: dict[tuple[str, str], float] = MEANS) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    return pd.concat(
        pd.DataFrame({
            "channel": channel, "category": category, "window_days": 365, "value": random.gamma(1.5, mean / 1.5, size),
        })
        for (channel, category), mean in means.items()
    )  # fmt: skip


def test_later_customers_lie_in_the_interval_of_their_beginning_as_often_as_it_says():
    found = beginnings(crowd(1))
    later = crowd(2).merge(found, on=["channel", "category"], suffixes=("", "_told"))
    inside = (later["value"] >= later["low"]) & (later["value"] <= later["high"])
    assert inside.mean() == pytest.approx(0.80, abs=0.03)
    assert inside.groupby([later["channel"], later["category"]]).mean().between(0.74, 0.86).all()
    told = found.set_index(["channel", "category"])["value"]
    assert told.to_dict() == pytest.approx(MEANS, rel=0.12)


def test_where_groups_do_not_differ_everybody_counts_alike():
    found = beginnings(crowd(3, means=dict.fromkeys(MEANS, 100.0)))
    assert found["value"].std() < 3.0
    assert (found["weight"] < 0.6).all()


def test_a_group_of_one_is_everybody_and_scaling_money_scales_all():
    rows = pd.concat(
        [crowd(1), pd.DataFrame({"channel": ["shop"], "category": [""], "window_days": 365, "value": 9e3})]
    )
    found = beginnings(rows).set_index("channel").loc["shop"]
    overall = rows["value"].mean()
    assert overall < found["value"] < overall + 0.25 * (9e3 - overall)
    doubled = beginnings(rows.assign(value=rows["value"] * 2.0)).set_index("channel").loc["shop"]
    assert doubled["high"] == pytest.approx(2.0 * found["high"])
    assert doubled["weight"] == pytest.approx(found["weight"])


def test_nobody_old_enough_is_the_mean_of_everybody_with_no_weight_of_its_own():
    rows = pd.concat(
        [crowd(1), pd.DataFrame({"channel": ["new"], "category": [""], "window_days": 365, "value": np.nan})]
    )
    found = beginnings(rows).set_index("channel").loc["new"]
    assert (found["customers"], found["weight"]) == (0, 0.0)
    assert found["value"] == pytest.approx(rows["value"].mean())


def test_the_window_is_the_longest_that_a_hundred_were_seen_for_after_the_lead():
    T, lead = pd.Series([400.0] * 150 + [200.0] * 150), pd.Series([10.0] * 60 + [120.0] * 240)
    assert window(T, lead) == 180
    assert window(T, pd.Series([120.0] * 300)) == 365
    assert window(T.head(50), lead.head(50)) is None
