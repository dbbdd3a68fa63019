"""BG/BB against the donations of Fader, Hardie & Shang (2010), exact arithmetic, and supporters played out."""

from __future__ import annotations

from dataclasses import replace

import mpmath
import numpy as np
import pandas as pd
import pytest

from dashapp.domain import shelf
from dashapp.domain.models.bg_bb import MODEL, BgBbFit
from dashapp.domain.opportunities import Likelihood, Opportunities
from dashapp.errors import InputError, NotEnoughData

TRUTH = {"alpha": 1.2, "beta": 0.75, "gamma": 0.66, "delta": 2.78}


def fit_with(parameters):
    return BgBbFit(
        model="bg_bb", parameters=parameters, standard_errors={}, log_likelihood=0.0, n_customers=0, status="converged"
    )


@pytest.fixture(scope="module")
def donations(shared_data):
    return pd.read_csv(shared_data / "donations" / "donations.csv").rename(columns={"periods": "opportunities"})


@pytest.fixture(scope="module")
def published(reference):
    return reference["donations_bgbb"]


@pytest.fixture(scope="module")
def fitted(donations):
    return MODEL.fit(donations, donations["weights"])


def supporters(n, opportunities, seed=5):
    """Every donation of `n` supporters, shape (n, opportunities)."""
    rng = np.random.default_rng(seed)
    take, leave = rng.beta(TRUTH["alpha"], TRUTH["beta"], n), rng.beta(TRUTH["gamma"], TRUTH["delta"], n)
    there = np.cumprod(rng.random((opportunities, n)) >= leave, axis=0).T.astype(bool)
    return there & (rng.random((n, opportunities)) < take[:, None])


def summary(taken):
    last = np.where(taken.any(axis=1), taken.shape[1] - np.argmax(taken[:, ::-1], axis=1), 0)
    return pd.DataFrame({"frequency": taken.sum(axis=1), "recency": last, "opportunities": taken.shape[1]})


def test_parameters_and_likelihood_are_the_published_ones(fitted, published):
    assert fitted.parameters == pytest.approx(published["params"], abs=1e-3)
    assert fitted.log_likelihood == pytest.approx(published["LL"], abs=1e-3)
    assert fitted.status == "converged"
    assert all(0 < error < 0.5 for error in fitted.standard_errors.values())


def test_the_donations_are_those_of_the_paper(donations, published):
    """The file ends with the sixth year; the paper counts five more."""
    assert donations["weights"].sum() == published["n"]
    assert donations["weights"] @ donations["frequency"] == sum(published["annual_actual"][:6])


def test_forecasts_are_the_published_ones(fitted, published, donations):
    columns = donations["frequency"], donations["recency"], donations["opportunities"]
    assert fitted.expected_purchases(0, 0, 6, 10) == pytest.approx(published["A_x0_t0_n6_m10"], abs=1e-3)
    assert fitted.expected_purchases(4, 5, 6, 10) == pytest.approx(published["B_x4_t5_n6_m10"], abs=1e-3)
    total = donations["weights"] @ fitted.expected_purchases(*columns, 5)
    assert total == pytest.approx(published["total_next5"], rel=1e-3)
    for history, chance in published["palive_next"].items():
        x, t_x = map(int, history.split(","))
        assert fitted.p_alive(x, t_x, 6) == pytest.approx(chance, abs=6e-3)


def test_a_new_supporter_gives_as_often_as_published(fitted, published, donations):
    n = donations["weights"].sum()
    assert fitted.expected_purchases(0, 0, 0, 10) == pytest.approx(published["E_X_10"], abs=1e-3)
    up_to = [fitted.expected_purchases(0, 0, 0, years)[0] * n for years in range(12)]
    assert np.diff(up_to) == pytest.approx(published["annual_expected"], rel=1e-4)
    chances = fitted.purchase_distribution(0, 0, 0, 6)[0] * n
    assert chances[[0, 6]] == pytest.approx([published["insample_x0"], published["insample_x6"]], rel=1e-4)


def test_discounted_residual_donations_are_the_published_ones(published):
    expected, fit = published["dert_d0.1_params_1.20_0.75_0.66_2.78"], fit_with(TRUTH)
    assert fit.residual(3, 4, 6, 0.1) == pytest.approx(expected["x3_t4_n6"], abs=1e-6)
    assert fit.residual(range(1, 7), [6] * 6, [6] * 6, 0.1) == pytest.approx(expected["x1to6_t6"], abs=1e-3)


def closed_form(x, t_x, n, d):
    """Eq. 15 in forty digits."""
    with mpmath.workdps(40):
        a, b, c, e = (mpmath.mpf(TRUTH[name]) for name in ("alpha", "beta", "gamma", "delta"))
        likelihood = sum(mpmath.beta(a + x, b + m - x) * mpmath.beta(c + int(m < n), e + m) for m in range(t_x, n + 1))
        series = mpmath.hyp2f1(1, e + n + 1, c + e + n + 1, 1 / (1 + mpmath.mpf(d)))
        return float(mpmath.beta(a + x + 1, b + n - x) * mpmath.beta(c, e + n + 1) * series / (1 + d) / likelihood)


def test_the_residual_is_the_discounted_sum_of_what_each_opportunity_brings():
    fit = fit_with(TRUTH)
    brought = np.diff([fit.expected_purchases(2, 4, 6, ahead)[0] for ahead in range(300)])
    assert fit.residual(2, 4, 6, 0.1)[0] == pytest.approx(brought @ 1.1 ** -np.arange(1.0, 300.0), rel=1e-9)
    assert fit.residual(2, 4, 3_000, 1e-3)[0] == pytest.approx(closed_form(2, 4, 3_000, 1e-3), rel=1e-9)
    with pytest.raises(InputError, match="positive"):
        fit.residual(2, 4, 6, 0.0)


def test_the_likelihood_is_right_to_nine_digits_and_so_are_its_derivatives():
    seen = Opportunities.of([0, 3, 40, 1], [0, 4, 900, 1], [6, 6, 1000, 1], [1, 2, 3, 4])
    theta, step = np.array([0.2, -0.3, -0.4, 1.0]), 1e-5
    with mpmath.workdps(40):
        alpha, beta, gamma, delta = (mpmath.exp(value) for value in theta)
        total = sum(w * mpmath.log(sum(
            mpmath.beta(alpha + x, beta + m - x) / mpmath.beta(alpha, beta)
            * mpmath.beta(gamma + int(m < n), delta + m) / mpmath.beta(gamma, delta)
            for m in range(t_x, n + 1)
        )) for x, t_x, n, w in ((0, 0, 6, 1), (3, 4, 6, 2), (40, 900, 1000, 3), (1, 1, 1, 4)))  # fmt: skip
    likelihood = Likelihood(seen, prior_weight=0.0)
    assert -10 * likelihood(theta)[0] == pytest.approx(float(total), rel=1e-9)
    likelihood = Likelihood(seen, prior_weight=1.0)
    sides = [(likelihood(theta + step * axis), likelihood(theta - step * axis)) for axis in np.eye(4)]
    _, gradient, hessian = likelihood(theta)
    assert gradient == pytest.approx([(up[0] - down[0]) / (2 * step) for up, down in sides], abs=1e-7)
    assert hessian == pytest.approx(np.array([(up[1] - down[1]) / (2 * step) for up, down in sides]), abs=1e-7)


def test_forecasts_agree_with_supporters_played_out():
    taken = supporters(400_000, 10)
    past, fit = summary(taken[:, :6]), fit_with(TRUTH)
    for x, t_x in ((0, 0), (2, 3), (4, 6), (6, 6)):
        later = taken[(past["frequency"] == x) & (past["recency"] == t_x), 6:].sum(axis=1)
        near = 4 / np.sqrt(len(later))
        assert fit.expected_purchases(x, t_x, 6, 4)[0] == pytest.approx(later.mean(), abs=near * later.std())
        seen = np.bincount(later, minlength=5) / len(later)
        assert fit.purchase_distribution(x, t_x, 6, 4)[0] == pytest.approx(seen, abs=near / 2)


def test_the_truth_is_recovered_and_comes_back_from_json():
    fitted = MODEL.fit(summary(supporters(20_000, 8)))
    for name, value in TRUTH.items():
        low, high = fitted.interval(name, z=4)
        assert low < value < high, name
    assert shelf.restore(fitted.to_json()) == fitted
    assert fitted.time_unit == "opportunity"


@pytest.mark.parametrize("n", [1, 365, 10_000])
def test_histories_of_any_length_give_numbers(n):
    histories = [0, 1, 1, n], [0, 1, n, n], [n] * 4
    for shapes in (TRUTH, dict.fromkeys(TRUTH, 1.0), dict.fromkeys(TRUTH, 0.05)):
        fit = fit_with(shapes)
        alive = fit.p_alive(*histories)
        assert np.all((alive >= 0) & (alive <= 1))
        for values in (fit.expected_purchases(*histories, 50), fit.residual(*histories, 0.01)):
            assert np.all(np.isfinite(values) & (values >= 0))


def test_small_groups_are_fitted_or_refused_with_the_reason(fitted):
    loyal = pd.DataFrame({"frequency": [6] * 30, "recency": [6] * 30, "opportunities": [6] * 30})
    regularised = MODEL.fit(loyal)
    assert regularised.status == "regularised"
    assert "weak prior" in regularised.message
    assert regularised.p_alive(6, 6, 6) > 0.9
    with pytest.raises(NotEnoughData, match=r"needs 20 customers.*there are 5 with 5"):
        MODEL.fit(loyal.head(5))
    assert replace(fitted, facts={}).aic == pytest.approx(8 - 2 * fitted.log_likelihood)


@pytest.mark.parametrize(
    ("x", "t_x", "n", "says"),
    [([1.5], [2], [3], "whole"), ([3], [2], [3], "exceed"), ([0], [1], [3], "exceed"), ([np.nan], [1], [3], "numbers")],
)
def test_impossible_histories_are_refused(x, t_x, n, says):
    with pytest.raises(InputError, match=says):
        Opportunities.of(x, t_x, n)
    with pytest.raises(InputError, match="lacks opportunities"):
        MODEL.fit(pd.DataFrame({"frequency": [1], "recency": [1]}))
