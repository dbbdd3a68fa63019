from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest

from dashapp.domain.hazards import PartialLikelihood, proportional_hazards
from dashapp.domain.model import Status
from dashapp.errors import InputError, NotEnoughData
from tests.domain.test_survival import PLACEBO, TREATED

SEED = 20260101


def people(seed: int = SEED, n: int = 60) -> tuple[np.ndarray, ...]:
    """durations with many ties, ended, columns, strata."""
    rng = np.random.default_rng(seed)
    return rng.integers(0, 9, n).astype(float), rng.random(n) < 0.6, rng.normal(size=(n, 3)), rng.integers(0, 3, n)


def efron_by_the_book(times, ended, x, strata, beta):
    """Efron (1977), one factor at a time."""
    total = 0.0
    for stratum, time in itertools.product(set(strata), set(times)):
        of = np.flatnonzero(strata == stratum)
        at_risk = [i for i in of if times[i] >= time]
        tied = [i for i in of if times[i] == time and ended[i]]
        risk, tie = (math.fsum(math.exp(x[i] @ beta) for i in rows) for rows in (at_risk, tied))
        for place, i in enumerate(tied):
            total += x[i] @ beta - math.log(risk - place / len(tied) * tie)
    return total


def test_rossis_prisoners_are_as_published(lifelines_data, reference):
    """Allison (1995) by way of lifelines; 432 released prisoners, weeks to the next arrest, with ties."""
    rows, expected = pd.read_csv(lifelines_data / "rossi.csv"), dict(reference["lifelines"]["rossi_cox"])
    log_likelihood, concordance = expected.pop("logLik"), expected.pop("concordance")
    found = proportional_hazards(rows["week"], rows["arrest"], rows[list(expected)])
    assert found.coefficients == pytest.approx(list(expected.values()), abs=1e-4)
    assert found.log_likelihood == pytest.approx(log_likelihood, abs=1e-4)
    assert found.concordance == pytest.approx(concordance, abs=1e-4)
    assert (found.status, found.subjects, found.events) == (Status.CONVERGED, 432, 114)


def test_the_leukemia_trial_is_as_in_the_textbook():
    """Venables & Ripley (2002), Modern Applied Statistics with S, section 13.3: Efron's ties, 1.57, se .412."""
    treated = [(int(weeks.rstrip("+")), "+" not in weeks) for weeks in TREATED.split()]
    rows = [(time, ended, 0.0) for time, ended in treated] + [(time, True, 1.0) for time in PLACEBO]
    times, ended, placebo = (np.array(column) for column in zip(*rows, strict=True))
    found = proportional_hazards(times, ended, placebo[:, None])
    assert found.coefficients == pytest.approx([1.57], abs=5e-3)
    assert found.standard_errors == pytest.approx([0.412], abs=5e-4)
    assert found.ratios == pytest.approx([4.82], abs=5e-3)
    assert found.p_values == pytest.approx([0.00014], abs=5e-6)


def test_the_likelihood_is_efrons_within_strata():
    times, ended, x, strata = people()
    likelihood = PartialLikelihood(times, ended, x, strata)
    for beta in (np.zeros(3), np.array([0.7, -1.2, 0.4]), np.array([9.0, -8.0, 7.0])):
        expected = efron_by_the_book(times, ended, x, strata, beta)
        assert -likelihood.n * likelihood(beta)[0] == pytest.approx(expected, rel=1e-11)


def test_derivatives_agree_with_differences():
    likelihood, theta, step = PartialLikelihood(*people(), prior_weight=1.0), np.array([0.3, -0.8, 0.5]), 1e-5
    sides = [(likelihood(theta + step * axis), likelihood(theta - step * axis)) for axis in np.eye(3)]
    _, gradient, hessian = likelihood(theta)
    assert gradient == pytest.approx([(up[0] - down[0]) / (2 * step) for up, down in sides], abs=1e-9)
    assert hessian == pytest.approx(np.array([(up[1] - down[1]) / (2 * step) for up, down in sides]), abs=1e-9)


def test_units_and_order_of_rows_do_not_matter():
    times, ended, x, strata = people()
    once = proportional_hazards(times, ended, x, strata)
    turn = np.random.default_rng(1).permutation(len(times))
    again = proportional_hazards(times[turn], ended[turn], x[turn] * 1e6 + 5e6, strata[turn])
    assert again.coefficients * 1e6 == pytest.approx(once.coefficients, rel=1e-8)
    assert again.standard_errors * 1e6 == pytest.approx(once.standard_errors, rel=1e-6)
    assert again.log_likelihood == pytest.approx(once.log_likelihood, rel=1e-10)
    assert again.concordance == pytest.approx(once.concordance, rel=1e-12)


def test_the_interval_covers_the_truth_as_often_as_it_says():
    rng, inside = np.random.default_rng(2), []
    for _ in range(300):
        x = rng.normal(size=(120, 2))
        waits, stops = rng.exponential(np.exp(-x @ [0.5, -0.3])), rng.exponential(2.0, 120)
        low, high = proportional_hazards(np.fmin(waits, stops), waits <= stops, x).interval()
        inside.append((low[0] <= np.exp(0.5) <= high[0], low[1] <= np.exp(-0.3) <= high[1]))
    assert np.mean(inside, axis=0) == pytest.approx([0.95, 0.95], abs=0.03)


def test_a_confounder_that_makes_the_strata_does_not_pass_for_an_effect():
    """x is common where waits are short, and does nothing."""
    rng = np.random.default_rng(3)
    busy = rng.random(2000) < 0.5
    x = (rng.random(2000) < np.where(busy, 0.8, 0.2)).astype(float)[:, None]
    waits = rng.exponential(np.where(busy, 1.0, 5.0))
    everybody = np.ones(2000, dtype=bool)
    assert proportional_hazards(waits, everybody, x).coefficients[0] > 0.5
    among_equals = proportional_hazards(waits, everybody, x, busy)
    assert abs(among_equals.coefficients[0]) < 3 * among_equals.standard_errors[0]


SEPARATING = (np.arange(40) < 20).astype(float)[:, None]
UNDETERMINED = {
    "separates the ends": SEPARATING,
    "separates them in huge units": SEPARATING * 1e200,
    "is constant": np.full((40, 1), 7.3),
    "follows from the others": np.column_stack([np.arange(40) % 7, np.arange(40) % 7 * 2.0 + 1.0]),
    "has more columns than subjects": np.random.default_rng(4).normal(size=(40, 50)),
}


@pytest.mark.parametrize("columns", UNDETERMINED.values(), ids=UNDETERMINED)
def test_what_the_data_leave_open_gets_finite_figures_and_says_so(columns):
    found = proportional_hazards(np.arange(40.0), np.ones(40, dtype=bool), columns)
    assert found.status is Status.REGULARISED
    assert found.message
    assert np.all(np.isfinite(found.coefficients))
    assert np.all(np.isfinite(found.standard_errors) & (found.standard_errors > 0))
    assert found.log_likelihood >= found.null_log_likelihood


@pytest.mark.slow
def test_tiny_samples_never_fail_uncaught():
    rng = np.random.default_rng(5)
    for n in np.arange(300) % 12 + 1:
        times, ended, x = rng.integers(0, 4, n), rng.random(n) < 0.5, rng.integers(0, 2, (n, 2)) * 10.0 ** (n - 6)
        if ended.any():
            found = proportional_hazards(times, ended, x)
            assert np.all(np.isfinite(found.coefficients)), (times, ended, x)
            assert found.status in (Status.CONVERGED, Status.REGULARISED)


def test_without_an_end_there_is_nothing_to_say():
    with pytest.raises(NotEnoughData, match="has ended"):
        proportional_hazards([1, 2], [False, False], [[1], [0]])


@pytest.mark.parametrize(
    ("durations", "columns"), [([1, -1], [[1], [0]]), ([1, 2], [[1], [np.nan]]), ([1, 2], [[1]]), ([1, 2], [1, 0])]
)
def test_impossible_subjects_are_refused(durations, columns):
    with pytest.raises(InputError, match="Durations"):
        proportional_hazards(durations, [True, True], columns)
