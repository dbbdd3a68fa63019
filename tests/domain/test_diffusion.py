from __future__ import annotations

import math

import numpy as np
import pytest

from dashapp.domain import diffusion, diffusion_draws
from dashapp.domain.diffusion import BASS, GOMPERTZ, Observed

MONTHS = 40


def bass_rate(t: np.ndarray, m: float, p: float, q: float) -> np.ndarray:
    """Bass (1969), equation of the sales rate."""
    decay = np.exp(-(p + q) * t)
    return m * (p + q) ** 2 / p * decay / (1 + q / p * decay) ** 2


def gompertz_rate(t: np.ndarray, m: float, b: float, c: float) -> np.ndarray:
    return m * b * c * np.exp(-c * t) * np.exp(-b * np.exp(-c * t))


def observed(rate, launch: float = 0.0) -> Observed:
    """Counts without noise: the rate integrated by Simpson's rule inside each month."""
    edges = np.maximum(np.arange(MONTHS + 1.0), launch)
    fine = np.linspace(edges[:-1], edges[1:], 201) - launch
    weight = np.r_[1, np.tile([4, 2], 100)[:-1], 1][:, None] / 600
    counts = (rate(fine) * weight).sum(axis=0) * (edges[1:] - edges[:-1])
    ones = np.ones((1, MONTHS))
    return Observed(counts[None, :], (edges[1:] > launch)[None, :] * 1.0, ones, np.array([launch]), np.array([True]))


def inflections(rate) -> tuple[float, float, float]:
    """Steepest rise, peak and steepest fall of a rate, by differences on a fine grid."""
    t = np.linspace(0, MONTHS, 400_001)
    slope = np.gradient(rate(t), t)
    return t[slope.argmax()], t[rate(t).argmax()], t[slope.argmin()]


@pytest.mark.parametrize(
    ("family", "rate"),
    [
        (BASS, lambda t: bass_rate(t, 60_000.0, 0.004, 0.35)),
        (GOMPERTZ, lambda t: gompertz_rate(t, 60_000.0, 9.0, 0.2)),
    ],
)
def test_a_curve_is_recovered_with_its_peak_and_inflections(family, rate):
    curve = diffusion.fit(family, observed(rate, launch=2.4))
    low, peak, high = (value + 2.4 for value in inflections(rate))
    assert curve.peak[0] == pytest.approx(peak, abs=0.03)
    assert curve.peak[0] - curve.half_width[0] == pytest.approx(low, abs=0.06)
    assert curve.peak[0] + curve.half_width[0] == pytest.approx(high, abs=0.06)


@pytest.mark.parametrize("family", [BASS, GOMPERTZ])
def test_slopes_are_those_of_finite_differences(family):
    theta, edges = np.array([[5.0, 9.0, math.log(0.3)]]), np.arange(25.0)[None, :]
    season = np.full((1, 24), 1.3)
    mean, by_peak, by_pace = diffusion._model(family, theta, edges, season)
    for column, slope in ((0, mean), (1, by_peak), (2, by_pace)):
        step = np.zeros((1, 3))
        step[0, column] = 1e-5
        above, below = (diffusion._model(family, theta + sign * step, edges, season)[0] for sign in (1, -1))
        np.testing.assert_allclose(slope, (above - below) / 2e-5, rtol=1e-5, atol=1e-6)


def test_the_right_family_lies_closer():
    for family, rate in (
        (BASS, lambda t: bass_rate(t, 20_000.0, 0.003, 0.4)),
        (GOMPERTZ, lambda t: gompertz_rate(t, 20_000.0, 8.0, 0.2)),
    ):
        data = observed(rate)
        misfit = {each.name: float(diffusion.fit(each, data).misfit[0]) for each in (BASS, GOMPERTZ)}
        assert min(misfit, key=misfit.__getitem__) == family.name


def test_months_of_weight_zero_are_not_looked_at():
    data = observed(lambda t: bass_rate(t, 20_000.0, 0.004, 0.35))
    spoilt, weights = data.counts.copy(), data.weights.copy()
    spoilt[0, 10:13], weights[0, 10:13] = 0.0, 0.0
    whole = diffusion.fit(BASS, data)
    without = diffusion.fit(BASS, Observed(spoilt, weights, data.season, data.launch, data.launch_seen))
    assert without.peak[0] == pytest.approx(whole.peak[0], abs=0.1)


def test_resampled_peaks_scatter_as_far_as_the_estimate_errs():
    rng = np.random.default_rng(3)
    data = observed(lambda t: bass_rate(t, 1_500.0, 0.006, 0.3))
    many = Observed(
        rng.poisson(data.counts, (400, MONTHS)).astype(float), np.repeat(data.weights, 400, axis=0),
        np.ones((400, MONTHS)), np.zeros(400), np.ones(400, dtype=bool),
    )  # fmt: skip
    curves = diffusion.fit(BASS, many)
    drawn = np.stack([diffusion_draws.resampled(curves, many, BASS.prior, rng).peak for _ in range(20)])
    assert np.median(drawn.std(axis=0)) == pytest.approx(curves.peak.std(), rel=0.25)


def test_how_lives_run_is_learned_from_the_products():
    rng = np.random.default_rng(5)
    q, ratio = rng.normal(0.4, 0.03, 300), np.exp(rng.normal(4.0, 0.3, 300))
    counts = np.stack([
        rng.poisson(observed(lambda t, q=q, r=r: bass_rate(t, 3_000.0, q / r, q)).counts[0])
        for q, r in zip(q, ratio, strict=True)
    ])  # fmt: skip
    ones = np.ones_like(counts, dtype=float)
    data = Observed(counts.astype(float), ones, ones, np.zeros(300), np.ones(300, dtype=bool))
    prior = diffusion_draws.learned(BASS, data, BASS.prior, rng)
    assert prior.origin == pytest.approx(4.0, abs=0.15)
    assert prior.pace == pytest.approx(math.log(0.4), abs=0.1)


def test_the_size_of_lives_is_learned_and_spares_the_young_from_being_thought_huge():
    rng = np.random.default_rng(5)
    sizes = np.exp(rng.normal(math.log(4000.0), 0.7, 120))
    full = np.concatenate([observed(lambda t, m=m: bass_rate(t, m, 0.01, 0.35)).counts for m in sizes])
    ages = rng.integers(5, MONTHS, len(sizes))
    weights = (np.arange(MONTHS)[None, :] < ages[:, None]) * 1.0
    data = Observed(
        rng.poisson(full).astype(float),
        weights,
        np.ones_like(full),
        np.zeros(len(full)),
        np.ones(len(full), dtype=bool),
    )
    learned = diffusion_draws.learned(BASS, data, BASS.prior, np.random.default_rng(0))
    # A = m (p + q) / q of the simulated lives.
    assert learned.size == pytest.approx(math.log(4000.0 * 0.36 / 0.35), abs=0.3)
    assert learned.size_spread == pytest.approx(0.7, abs=0.25)
    young = ages < 9
    truth = np.log(sizes * 0.36 / 0.35)[young]
    blind = BASS.prior
    errors = [
        np.sqrt(np.mean((diffusion.fit(BASS, data, prior).theta[young, 0] - truth) ** 2)) for prior in (blind, learned)
    ]
    assert errors[1] < 0.8 * errors[0]


def test_few_products_teach_nothing_about_size():
    data = observed(lambda t: bass_rate(t, 60_000.0, 0.004, 0.35))
    assert diffusion_draws.learned(BASS, data, BASS.prior, np.random.default_rng(0)).size_spread == math.inf
