"""One suite for every purchase model on the shelf: whoever adds a file is held to it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pandas.testing as pdt
import pytest

from benchmarks.simulated import CDNOW_BG, ParetoTruth, Truth, customers
from dashapp.domain import shelf
from dashapp.domain.histories import Likelihood
from dashapp.domain.model import PurchaseFit
from dashapp.domain.patterns import Patterns
from dashapp.errors import InputError, NotEnoughData

MODELS = shelf.purchase_models() | shelf.origin_models()
TRUTHS = {"bg_nbd": CDNOW_BG, "lifetimes_bg_nbd": CDNOW_BG, "mbg_nbd": Truth(), "lifetimes_mbg_nbd": Truth()}
TRUTHS |= {"bg_cnbd_k": replace(CDNOW_BG, k=2, alpha=15.4), "mbg_cnbd_k": Truth(k=3, alpha=14.4)}
TRUTHS |= {"pareto_nbd": ParetoTruth(), "pareto_nbd_origin": ParetoTruth(), "nbd": ParetoTruth(s=0.0)}
TIMES = ("alpha", "beta")
EXTREMES = pd.DataFrame(
    [(0, 0, 0), (0, 0, 10_000), (1, 1, 1), (1, 1, 10_000), (1, 10_000, 10_000), (9_999, 9_999, 9_999),
     (10_000, 10_000, 10_000), (10_000, 300, 10_000), (9_000, 9_500, 9_500)],
    columns=["frequency", "recency_days", "T_days"],
)  # fmt: skip


@pytest.fixture(scope="module", params=MODELS)
def model(request):
    return MODELS[request.param]


@pytest.fixture(scope="module")
def fitted(model, crowd) -> PurchaseFit:
    return model.fit(crowd)


@pytest.fixture(scope="module")
def patterns(crowd) -> Patterns:
    return Patterns.from_frame(crowd)


def predictions(fitted: PurchaseFit, patterns: Patterns, days: float) -> dict[str, np.ndarray]:
    return {
        "p_alive": fitted.p_alive(patterns),
        "p_active": fitted.p_active(patterns, days),
        "expected_purchases": fitted.expected_purchases(patterns, days),
        "residual": fitted.residual(patterns, days, 3e-4),
    }


def test_the_shelf_holds_what_the_tests_know():
    assert set(MODELS) == set(TRUTHS)
    assert list(shelf.spend_models()) == ["gamma_gamma"]


def test_titles_are_read_without_importing_a_model():
    titles = shelf.titles("purchases") | shelf.titles("purchases by origin")
    assert titles == {name: model.title for name, model in MODELS.items()}
    assert not set(shelf.titles("purchases")) & set(shelf.origin_models())


def test_assumptions_are_checked_without_loading_the_science():
    script = """
import sys
from dashapp.domain.scoring import Assumptions
Assumptions("bg_nbd")
assert not {"scipy", "lifetimes"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", script], check=True)


def test_a_fit_says_what_it_is(model, fitted, crowd):
    assert fitted.model == model.name
    assert fitted.status == "converged"
    assert fitted.n_customers == len(crowd)
    assert fitted.time_unit == "day"
    assert set(fitted.standard_errors) == set(fitted.parameters)
    assert all(value > 0 for value in [*fitted.parameters.values(), *fitted.standard_errors.values()])


def test_every_prediction_is_one_number_per_customer_within_its_bounds(fitted, patterns):
    found = predictions(fitted, patterns, 365)
    assert all(values.shape == (len(patterns),) for values in found.values())
    assert np.all((found["p_alive"] >= 0) & (found["p_alive"] <= 1))
    assert np.all((found["p_active"] >= 0) & (found["p_active"] <= found["p_alive"]))
    assert np.all(found["expected_purchases"] >= found["p_active"] * (1 - 1e-9))
    assert np.all((found["residual"] >= 0) & (found["residual"] <= found["expected_purchases"] * (1 + 1e-9)))


def test_a_longer_horizon_never_brings_less(fitted, patterns):
    short, long = predictions(fitted, patterns, 90), predictions(fitted, patterns, 91)
    assert np.array_equal(short["p_alive"], long["p_alive"])
    for name in ("p_active", "expected_purchases", "residual"):
        assert np.all(long[name] >= short[name])


def test_silence_makes_a_customer_less_likely_to_be_alive_and_expected_to_buy_less(fitted):
    silent = Patterns.of([3] * 4, [100] * 4, [100, 200, 400, 800])
    alive = fitted.p_alive(silent)
    assert np.all(np.diff(alive) < 0) if fitted.customers_leave else np.all(alive == 1.0)
    assert np.all(np.diff(fitted.expected_purchases(silent, 90)) < 0)


@pytest.mark.slow
def test_the_forecast_is_its_parts(fitted, patterns):
    whole, parts = fitted.forecast(patterns, 365, 3e-4), predictions(fitted, patterns, 365)
    for name, values in parts.items():
        assert getattr(whole, name) == pytest.approx(values, rel=1e-9), name
    assert whole.residual_if_active * whole.p_active == pytest.approx(whole.residual, rel=1e-9)
    assert whole.discount_ratio * whole.expected_purchases == pytest.approx(whole.residual, rel=1e-9)


def test_the_distribution_of_purchases_has_the_expected_mean(fitted, patterns):
    some = patterns.take(np.arange(0, len(patterns), 30))
    chances = fitted.purchase_distribution(some, 90, 120)
    assert chances.sum(axis=1) == pytest.approx(1, abs=1e-6)
    assert 1 - chances[:, 0] == pytest.approx(fitted.p_active(some, 90), abs=1e-12)
    assert chances @ np.arange(121) == pytest.approx(fitted.expected_purchases(some, 90), rel=1e-4, abs=1e-4)


@pytest.mark.slow
def test_discounting_agrees_with_adding_up_day_by_day(fitted, patterns):
    some = patterns.take(np.arange(0, len(patterns), 100))
    totals = [fitted.expected_purchases(some, day) for day in range(366)]
    middle_of_day = np.exp(-3e-4 * (np.arange(365) + 0.5))
    assert fitted.residual(some, 365, 3e-4) == pytest.approx(middle_of_day @ np.diff(totals, axis=0), rel=1e-6)
    assert fitted.residual(some, 365, 0.0) == pytest.approx(totals[365], rel=1e-9)


@pytest.mark.parametrize("days", [1, 365, 3650])
def test_extremes_give_numbers(fitted, days):
    for name, values in predictions(fitted, Patterns.from_frame(EXTREMES), days).items():
        assert np.all(np.isfinite(values)), name


def test_nothing_given_is_changed(model, crowd):
    before = crowd.copy(deep=True)
    model.fit(crowd).p_alive(Patterns.from_frame(crowd))
    pdt.assert_frame_equal(crowd, before)


def test_json_brings_the_same_fit_back(fitted, patterns):
    text = replace(fitted, standard_errors={**fitted.standard_errors, "a": float("nan")}).to_json()
    again = shelf.restore(text)
    assert json.loads(text)["standard_errors"]["a"] is None
    assert type(again) is type(fitted)
    assert np.isnan(again.standard_errors["a"])
    assert replace(again, standard_errors=fitted.standard_errors) == fitted
    assert np.array_equal(again.p_alive(patterns), fitted.p_alive(patterns))


def test_weights_are_repeated_rows(model, crowd):
    some = crowd.head(600)
    times = np.arange(len(some)) % 3 + 1
    repeated, weighted = model.fit(some.loc[some.index.repeat(times)]), model.fit(some, times)
    assert weighted.parameters == pytest.approx(repeated.parameters, rel=1e-4)
    assert weighted.log_likelihood == pytest.approx(repeated.log_likelihood, rel=1e-8)
    assert weighted.n_customers == times.sum()


def test_the_order_of_customers_does_not_matter(model, fitted, crowd):
    shuffled = model.fit(crowd.sample(frac=1, random_state=1))
    assert shuffled.parameters == pytest.approx(fitted.parameters, rel=1e-9)


@pytest.mark.parametrize("n", [0, 1, 5])
def test_too_few_customers_are_refused_with_the_reason(model, crowd, n):
    with pytest.raises(NotEnoughData, match=rf"needs 20 customers.*there are {n} with"):
        model.fit(crowd.head(n))


def test_customers_who_never_came_back_are_refused_with_the_reason(model, crowd):
    with pytest.raises(NotEnoughData, match="with a repeat purchase"):
        model.fit(crowd[crowd["frequency"] == 0])


def test_a_missing_column_is_named(model, crowd):
    with pytest.raises(InputError, match="recency_days"):
        model.fit(crowd.drop(columns="recency_days"))


@pytest.mark.slow
def test_the_truth_is_recovered(model):
    truth = TRUTHS[model.name]
    fitted = model.fit(customers(40_000, truth))
    for name in fitted.parameters:
        half_a_day = 0.03 if name in TIMES else 0.0  # purchases are recorded in whole days, which times feel
        low, high = fitted.interval(name, z=4)
        assert low * (1 - half_a_day) < getattr(truth, name) < high * (1 + half_a_day), name


@pytest.mark.parametrize("name", ["bg_nbd", "mbg_nbd"])
def test_derivatives_agree_with_differences(crowd, name):
    likelihood = Likelihood(Patterns.from_frame(crowd).merged(), int(name == "mbg_nbd"), prior_weight=1.0)
    theta, step = np.array([0.1, -0.3, 0.4, 0.7]), 1e-5
    sides = [(likelihood(theta + step * axis), likelihood(theta - step * axis)) for axis in np.eye(4)]
    _, gradient, hessian = likelihood(theta)
    assert gradient == pytest.approx([(up[0] - down[0]) / (2 * step) for up, down in sides], abs=1e-8)
    assert hessian == pytest.approx(np.array([(up[1] - down[1]) / (2 * step) for up, down in sides]), abs=1e-8)


@pytest.mark.parametrize("name", ["bg_nbd", "mbg_nbd", "pareto_nbd"])
def test_a_parameter_the_data_leave_open_is_kept_plausible_and_reported(name):
    """Nobody has left: the chance to leave is not identified."""
    loyal = pd.DataFrame({"frequency": [9] * 40, "recency_days": [90] * 40, "T_days": [90 + k % 3 for k in range(40)]})
    fitted = MODELS[name].fit(loyal)
    assert fitted.status == "regularised"
    assert "weak prior" in fitted.message
    assert not fitted.at_bound
    assert fitted.p_alive(Patterns.from_frame(loyal)).min() > 0.9


@pytest.mark.slow
@pytest.mark.parametrize("name", ["bg_nbd", "mbg_nbd"])
def test_no_small_group_of_customers_breaks_the_fit(cdnow, name):
    rng, statuses = np.random.default_rng(3), []
    for _ in range(500):
        some = cdnow.iloc[rng.choice(len(cdnow), rng.integers(30, 101), replace=False)]
        fitted = MODELS[name].fit(some)
        statuses.append(fitted.status)
        assert np.isfinite(fitted.expected_purchases(Patterns.from_frame(some), 273)).all()
    assert set(statuses) <= {"converged", "regularised"}
