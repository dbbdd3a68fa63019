from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kruskal

from dashapp.domain.seasonality import _detrended, _p_value, seasonality
from dashapp.errors import InputError, NotEnoughData

CHRISTMAS = np.array([0.9, 0.85, 0.95, 1.0, 0.95, 0.9, 0.85, 0.9, 1.0, 1.05, 1.25, 1.4])
CHRISTMAS = CHRISTMAS / CHRISTMAS.mean()


def sales(months, seed=0, index=CHRISTMAS, growth=0.02, noise=0.08, first="2021-04"):
    """A rising shop; months need not begin in January nor make up whole years."""
    dates = pd.period_range(first, periods=months, freq="M")
    values = 1000 * np.exp(growth * np.arange(months) + np.random.default_rng(seed).normal(0, noise, months))
    return pd.Series(values * index[dates.month - 1], index=dates)


def test_a_season_is_found_with_its_index_and_trend():
    found = seasonality(sales(43, noise=0.02))
    assert found.seasonal
    assert found.index == pytest.approx(CHRISTMAS, abs=0.04)
    assert np.mean(found.index) == pytest.approx(1)
    assert found.monthly_growth == pytest.approx(np.expm1(0.02), abs=2e-3)
    assert found.months == 43


@pytest.mark.parametrize("months", [24, 30, 43])
@pytest.mark.slow
def test_a_rise_is_no_season_and_a_season_is_seldom_missed(months):
    flat = [seasonality(sales(months, seed, index=np.ones(12))).seasonal for seed in range(60)]
    real = [seasonality(sales(months, seed)).seasonal for seed in range(20)]
    assert np.mean(flat) <= 0.12
    assert np.mean(real) >= 0.9


def test_the_statistic_is_kruskal_and_walliss():
    """The sum of squared rank sums over counts orders permutations as H does: its limit is the same chance."""
    rng = np.random.default_rng(8)
    months = np.arange(240)
    values = rng.normal(size=240) + 0.4 * (months % 12 == 5)
    groups = [values[months % 12 == month] for month in range(12)]
    assert _p_value(values, months % 12) == pytest.approx(kruskal(*groups).pvalue, abs=0.03)


def test_the_slope_is_that_of_a_regression_on_months_and_time():
    months = np.arange(600, 631)
    logs = sales(31).to_numpy()
    design = np.column_stack([months[:, None] % 12 == np.arange(12), months]).astype(float)
    expected = np.linalg.lstsq(design, logs, rcond=None)[0][12]
    assert _detrended(months, logs, months % 12)[1] == pytest.approx(expected, rel=1e-9)


def test_too_little_is_called_not_enough():
    with pytest.raises(NotEnoughData, match=r"Not enough.*24 months.*there are 23"):
        seasonality(sales(23))
    closed = sales(30)
    closed.iloc[4] = 0.0
    with pytest.raises(NotEnoughData, match="29 with sales"):
        seasonality(closed)


def test_months_may_come_in_any_order_but_none_may_be_missing():
    whole = sales(30)
    dated = whole.set_axis(whole.index.to_timestamp())
    assert seasonality(dated.sample(frac=1, random_state=1)) == seasonality(whole)
    with pytest.raises(InputError, match="without a gap"):
        seasonality(whole.drop(whole.index[7]))
