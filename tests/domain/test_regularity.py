from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import beta

from dashapp.domain.purchase_days import PurchaseDays
from dashapp.domain.regularity import _estimate, regularity
from dashapp.errors import NotEnoughData


def orders(k, seed, customers=400, mean_gap=20.0, days=365):
    """Purchases of customers each of whom has a pace of their own and leaves some day."""
    rng = np.random.default_rng(seed)
    pace = mean_gap / k / rng.gamma(2.0, 0.5, customers)
    steps = rng.gamma(k, 1.0, (customers, 200)) * pace[:, None]
    times = np.cumsum(steps, axis=1)
    who, which = np.nonzero(times < rng.uniform(0, days, customers)[:, None])
    return bought(who, np.floor(times[who, which]).astype(int))


def bought(who, day):
    dates = pd.Timestamp("2020-01-01") + pd.to_timedelta(day, unit="D")
    return PurchaseDays.from_frame(pd.DataFrame({"customer_key": who, "order_date": dates, "amount": 1.0}))


@pytest.mark.slow
def test_random_buyers_are_hardly_ever_called_regular_and_k_of_three_nearly_always():
    random = [regularity(orders(1, seed)) for seed in range(30)]
    regular = [regularity(orders(3, seed)) for seed in range(30)]
    assert np.mean([found.p_value < 0.05 for found in random]) <= 0.1
    assert np.mean([found.regular for found in regular]) >= 0.9
    assert np.mean([found.low < 1 < found.high for found in random]) >= 0.9
    assert np.mean([found.low < 3 < found.high for found in regular]) >= 0.85
    assert np.mean([found.k for found in regular]) == pytest.approx(3, rel=0.1)
    assert regular[0].finding == "Customers buy more regularly than at random."


def test_days_are_no_regularity_even_where_gaps_are_a_few_days():
    """Without the correction for whole days, gaps of three days look regular in every one of these."""
    found = []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        found.append(regularity(bought(*np.nonzero(rng.random((100, 200)) < 0.3))))
    assert np.mean([one.p_value < 0.05 for one in found]) <= 0.1
    assert np.mean([one.k for one in found]) == pytest.approx(1, abs=0.03)


def test_bursts_are_told_from_regularity():
    rng = np.random.default_rng(4)
    steps = np.where(rng.random((200, 40)) < 0.7, 1, rng.integers(30, 60, (200, 40)))
    who, day = np.repeat(np.arange(200), 40), np.cumsum(steps, axis=1).ravel()
    found = regularity(bought(who, day))
    assert not found.regular
    assert found.k < 1
    assert found.finding == "Customers buy in bursts."


@pytest.mark.parametrize("k", [0.6, 1.0, 2.5])
def test_gaps_too_long_for_days_to_matter_give_the_maximum_likelihood_of_beta_k_k(k):
    d1, d2 = np.random.default_rng(1).gamma(k, 1e6, (2, 3000)).round() + 1
    found, ratio = _estimate(d1, d2, np.arange(3000)), d1 / (d1 + d2)
    near = [beta(found.k * step, found.k * step).logpdf(ratio).sum() for step in (0.99, 1.0, 1.01)]
    assert near[1] == max(near)
    assert found.low < k < found.high
    moment = (1 / np.mean((2 * ratio - 1) ** 2) - 1) / 2  # Wheat & Morrison's own estimate
    assert found.k == pytest.approx(moment, rel=0.1)
    assert (found.pairs, found.customers) == (3000, 3000)


@pytest.mark.slow
def test_the_interval_is_as_wide_as_estimates_differ():
    found = [regularity(orders(2, seed)) for seed in range(30)]
    spread = np.std([np.log(one.k) for one in found])
    assert np.mean([np.log(one.high / one.low) / 3.92 for one in found]) == pytest.approx(spread, rel=0.35)


def test_too_few_gaps_are_refused_with_the_reason():
    with pytest.raises(NotEnoughData, match=r"20 pairs of gaps.*there are 2"):
        regularity(bought([1, 1, 1, 2, 2, 2, 3], [0, 5, 9, 0, 2, 4, 7]))
