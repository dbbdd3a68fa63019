"""The intervals against customers played out one by one from the same posterior."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.simulated import CDNOW_BG, customers
from dashapp.domain.models.gamma_gamma import MODEL as GAMMA_GAMMA
from dashapp.domain.patterns import Patterns
from dashapp.domain.predictive import spend_interval
from dashapp.domain.shelf import purchase_models

CASES = [(0, 0, 300, 0.0), (1, 20, 200, 30.0), (4, 200, 220, 55.0), (12, 360, 365, 18.0), (12, 200, 365, 18.0),
         (60, 400, 402, 80.0)]  # fmt: skip
DAYS = 365


def played_out(purchases, spend, case, n=120_000, pace=1.0):
    """Spend of one customer in DAYS, n times over, where the shop is `pace` times as busy."""
    rng, (x, t_x, T, m) = np.random.default_rng(11), case
    r, alpha, a, b = purchases.estimates
    alive = rng.random(n) < purchases.p_alive(Patterns.of(x, t_x, T))[0]
    rate, leave = rng.gamma(r + x, 1 / (alpha + T), n), rng.beta(a, b + x + purchases.shift, n)
    counts, clock, here = np.zeros(n), np.zeros(n), np.flatnonzero(alive)
    while len(here):
        clock[here] += rng.exponential(1 / rate[here])
        here = here[clock[here] < DAYS * pace]
        counts[here] += 1
        here = here[rng.random(len(here)) >= leave[here]]
    p, q, v = (spend.parameters[name] for name in "pqv")
    scale = rng.gamma(q + p * x, 1 / (v + x * m), n)
    return np.where(counts > 0, rng.gamma(np.maximum(p * counts, 1e-9)) / scale, 0.0)


@pytest.fixture(scope="module", params=["bg_nbd", "mbg_nbd"])
def fits(request):
    sample = customers(20_000, CDNOW_BG)
    return purchase_models()[request.param].fit(sample), GAMMA_GAMMA.fit(sample)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_bounds_are_the_quantiles_of_what_customers_do(fits, case):
    x, t_x, T, m = case
    low, high = spend_interval(*fits, Patterns.of(x, t_x, T), [m], DAYS)
    money = played_out(*fits, case)
    lowest = np.quantile(money, 0.1)
    assert low[0] == pytest.approx(lowest, rel=0.02, abs=0.3)
    assert high[0] == pytest.approx(np.quantile(money, 0.9 if lowest > 0 else 0.8), rel=0.02, abs=0.3)


@pytest.mark.parametrize("case", CASES[1:4], ids=str)
def test_stretched_bounds_are_those_of_a_quieter_and_of_a_busier_shop(fits, case):
    x, t_x, T, m = case
    low, high = spend_interval(*fits, Patterns.of(x, t_x, T), [m], DAYS, stretch=0.4)
    quiet, busy = (played_out(*fits, case, pace=np.exp(sign * 0.4)) for sign in (-1.0, 1.0))
    lowest = np.quantile(quiet, 0.1)
    assert low[0] == pytest.approx(lowest, rel=0.02, abs=0.3)
    assert high[0] == pytest.approx(np.quantile(busy, 0.9 if lowest > 0 else 0.8), rel=0.02, abs=0.3)


def test_a_higher_level_is_a_wider_interval(fits):
    history, money = Patterns.of(*zip(*[case[:3] for case in CASES], strict=True)), [case[3] for case in CASES]
    narrow, wide = (spend_interval(*fits, history, money, DAYS, level) for level in (0.5, 0.95))
    assert np.all(wide[0] <= narrow[0])
    assert np.all(wide[1] >= narrow[1])
    assert np.all((narrow[0] >= 0) & (narrow[0] <= narrow[1]))


def test_money_scales_the_bounds(fits):
    purchases = fits[0]
    sample = customers(2000, CDNOW_BG)
    dear = sample.assign(monetary_value=sample["monetary_value"] * 100)
    history = Patterns.from_frame(sample)
    cheap = spend_interval(purchases, GAMMA_GAMMA.fit(sample), history, sample["monetary_value"], DAYS)
    costly = spend_interval(purchases, GAMMA_GAMMA.fit(dear), history, dear["monetary_value"], DAYS)
    assert np.array(costly) == pytest.approx(100 * np.array(cheap), rel=1e-6)


def test_eighty_percent_of_customers_end_up_inside():
    """Histories of a first year, what the same customers spent in the second."""
    sample = customers(20_000, CDNOW_BG)
    fits = purchase_models()["bg_nbd"].fit(sample), GAMMA_GAMMA.fit(sample)
    some = sample[sample["frequency"] > 0].sample(60, random_state=4)
    low, high = spend_interval(*fits, Patterns.from_frame(some), some["monetary_value"], DAYS)
    inside = [
        np.mean((money >= low[k]) & (money <= high[k]))
        for k, row in enumerate(some.itertuples())
        for money in [played_out(*fits, (row.frequency, row.recency_days, row.T_days, row.monetary_value), 2000)]
    ]
    assert np.min(inside) > 0.77
    may_be_more = high == 0.0  # buying nothing is likelier than 80 %
    assert np.mean(np.array(inside)[~may_be_more]) == pytest.approx(0.8, abs=0.01)


def test_customers_of_any_size_get_bounds(fits):
    history = Patterns.of([0, 10_000, 10_000, 1], [0, 10_000, 300, 1], [0, 10_000, 10_000, 10_000])
    low, high = spend_interval(*fits, history, [0.0, 1e6, 0.01, 5.0], 3650)
    assert np.all(np.isfinite(low))
    assert np.all(np.isfinite(high))
    assert high[1] > low[1] > 1e9
