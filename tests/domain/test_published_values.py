"""The tables of the papers, from raw CDNOW: calibration 39 weeks, holdout 39 weeks. Times in weeks as published."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from dashapp.domain.model import PurchaseFit
from dashapp.domain.models.bg_nbd import BgNbdFit
from dashapp.domain.models.pareto_nbd import ParetoNbdFit
from dashapp.domain.patterns import Patterns
from dashapp.domain.purchase_days import PurchaseDays
from dashapp.domain.rfm import summarise
from dashapp.domain.shelf import purchase_models, spend_models
from tests.domain.conftest import CALIBRATION_END, HOLDOUT_DAYS, lifetimes_file

PUBLISHED = {
    "bg_nbd": ({"r": 0.2426, "alpha": 4.4136, "a": 0.7929, "b": 2.4259}, -9582.429),
    "mbg_nbd": ({"r": 0.5248, "alpha": 6.1831, "a": 0.8914, "b": 1.6140}, -9582.136),
    "pareto_nbd": ({"r": 0.5533, "alpha": 10.5777, "s": 0.6062, "beta": 11.6685}, -9594.976),
}
KEYS = {"bg_nbd": "BGNBD", "mbg_nbd": "MBGNBD", "pareto_nbd": "ParetoNBD"}
BOTH_PAPERS = ("bg_nbd", "pareto_nbd")
"Of the tables in which Fader, Hardie & Lee (2005) set one model beside the other."


@pytest.fixture(scope="module")
def fits(cdnow):
    return {name: purchase_models()[name].fit(cdnow).in_unit("week") for name in PUBLISHED}


@pytest.fixture(scope="module")
def weeks(cdnow):
    return Patterns.of(cdnow["frequency"], cdnow["recency_days"] / 7, cdnow["T_days"] / 7)


def by_frequency(values, frequency):
    """Mean per frequency 0, 1, ..., 6, 7 and more."""
    return [values[np.minimum(frequency, 7) == x].mean() for x in range(8)]


@pytest.mark.parametrize("name", PUBLISHED)
def test_parameters_and_likelihood(fits, name):
    parameters, log_likelihood = PUBLISHED[name]
    assert fits[name].parameters == pytest.approx(parameters, abs=1e-3)
    assert fits[name].log_likelihood == pytest.approx(log_likelihood, abs=2e-3)
    assert fits[name].status == "converged"
    assert fits[name].gradient_norm < 1e-10


@pytest.mark.parametrize("name", PUBLISHED)
def test_parameters_equal_the_reference_file(fits, reference, name):
    expected = reference["cdnow_sample_39wk"][KEYS[name]]
    assert fits[name].parameters == pytest.approx(expected["params"], abs=1e-3)
    assert fits[name].log_likelihood == pytest.approx(expected["LL"], abs=1e-3)


def test_standard_errors_of_bg_nbd(fits, reference):
    assert fits["bg_nbd"].standard_errors == pytest.approx(reference["cdnow_sample_39wk"]["BGNBD"]["se"], abs=1e-3)


def test_standard_errors_of_pareto_nbd(fits, reference):
    """As CLVTools publishes them."""
    expected = reference["cdnow_sample_39wk"]["ParetoNBD"]["se_published_CLVTools"]
    assert fits["pareto_nbd"].standard_errors == pytest.approx(expected, rel=1e-3)


def test_nbd(cdnow, reference):
    expected, fitted = reference["cdnow_sample_39wk"]["NBD"], purchase_models()["nbd"].fit(cdnow).in_unit("week")
    assert fitted.parameters == pytest.approx(expected["params"], abs=1e-3)
    assert fitted.log_likelihood == pytest.approx(expected["LL"], abs=1e-3)
    assert fitted.gradient_norm < 1e-10


@pytest.mark.parametrize("name", PUBLISHED)
def test_purchases_in_the_holdout(fits, weeks, reference, name):
    expected = reference["cdnow_sample_39wk"]["holdout_total_pred"][KEYS[name]]
    assert fits[name].expected_purchases(weeks, 39).sum() == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize("name", PUBLISHED)
def test_purchases_in_the_holdout_by_frequency(fits, weeks, cdnow, reference, name):
    expected = reference["cdnow_sample_39wk"]["by_frequency_0_to_7plus"][KEYS[name]]
    assert by_frequency(fits[name].expected_purchases(weeks, 39), cdnow["frequency"]) == pytest.approx(
        expected, abs=1e-3
    )


@pytest.mark.parametrize("name", BOTH_PAPERS)
def test_the_forecast_ranks_customers_as_well_as_published(fits, weeks, cdnow, transactions, reference, name):
    until = np.datetime64(CALIBRATION_END + timedelta(days=HOLDOUT_DAYS))
    later = transactions[(transactions["order_date"] > np.datetime64(CALIBRATION_END))]
    days = later[later["order_date"] <= until].groupby("customer_key")["order_date"].nunique()
    actual = days.reindex(cdnow["customer_key"]).fillna(0).to_numpy()
    assert actual.sum() == reference["cdnow_sample_39wk"]["holdout_tx"]
    correlation = np.corrcoef(fits[name].expected_purchases(weeks, 39), actual)[0, 1]
    assert correlation == pytest.approx(reference["cdnow_sample_39wk"]["holdout_corr"][KEYS[name]], abs=1e-3)


@pytest.mark.parametrize(("name", "closeness"), [("bg_nbd", 1e-3), ("pareto_nbd", 2e-3)])
def test_customer_1516(fits, reference, name, closeness):
    """Pareto/NBD's published figure is that of parameters found by a looser search."""
    customer = reference["cdnow_sample_39wk"]["customer_1516"]
    history = Patterns.of(customer["x"], customer["tx"], customer["T"])
    assert fits[name].expected_purchases(history, customer["t"]) == pytest.approx(
        customer[KEYS[name]]["cet"], abs=closeness
    )
    assert fits[name].p_alive(history) == pytest.approx(customer[KEYS[name]]["palive"], abs=1e-5)


def test_a_one_time_buyer_of_39_weeks_is_alive_with_29_percent(fits, reference):
    expected = reference["cdnow_sample_39wk"]["pnbd_palive_x0_T39"]
    assert fits["pareto_nbd"].p_alive(Patterns.of(0, 0, 39)) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("name", BOTH_PAPERS)
def test_a_new_customer_buys_1_4_times_in_a_year(fits, reference, name):
    """Fader, Hardie & Lee's unconditional expectation is that of a customer with T = 0."""
    assert fits[name].expected_purchases(Patterns.of(0, 0, 0), 52) == pytest.approx(
        reference["cdnow_sample_39wk"]["E_X_52"][KEYS[name]], abs=1e-3
    )


@pytest.mark.parametrize("name", BOTH_PAPERS)
def test_repeat_purchases_accumulate_as_published(fits, cdnow, reference, name):
    """Fader, Hardie & Lee (2005), cumulative purchases: everyone from their first day, nothing else known."""
    expected = reference["cdnow_sample_39wk"]["expected_cumulative_repeat"]
    weeks, customers = np.unique(cdnow["T_days"] / 7, return_counts=True)
    for more, week in ((0, "wk39"), (39, "wk78")):
        total = sum(
            count * fits[name].expected_purchases(Patterns.of(0, 0, 0), age + more)[0]
            for age, count in zip(weeks, customers, strict=True)
        )
        assert total == pytest.approx(expected[KEYS[name]][week], abs=0.1)


def test_repeat_purchases_came_as_published(transactions, reference):
    """Counted to the day that the papers count to."""
    came = reference["cdnow_sample_39wk"]["expected_cumulative_repeat"]["actual"]
    for last, week in ((CALIBRATION_END, "wk39"), (CALIBRATION_END + timedelta(days=HOLDOUT_DAYS), "wk78")):
        assert summarise(transactions, last)["frequency"].sum() == came[week]


def test_the_example_of_the_bg_nbd_note(reference):
    """Customer 0001 of Fader & Hardie's spreadsheet, parameters rounded as printed there."""
    fitted = published_fit(BgNbdFit, dict(zip(("r", "alpha", "a", "b"), (0.243, 4.414, 0.793, 2.426), strict=True)))
    expected = reference["cdnow_sample_39wk"]["bgnbd_cet_x2_tx30.43_T38.86_t39"]
    assert fitted.expected_purchases(Patterns.of(2, 30.43, 38.86), 39) == pytest.approx(expected, abs=1e-3)


def test_the_rounded_summary_has_its_own_likelihoods(reference):
    """The papers' own file gives weeks and money to two decimals."""
    rows = pd.read_csv(lifetimes_file("cdnow_customers_summary_with_transactions.csv"))
    rfm = pd.DataFrame({
        "customer_key": rows["ID"], "frequency": rows["x"], "recency_days": rows["t_x"] * 7, "T_days": rows["T"] * 7,
        "monetary_value": rows["zbar"],
    })  # fmt: skip
    expected = reference["cdnow_sample_39wk"]
    purchases, spend = purchase_models()["bg_nbd"].fit(rfm), spend_models()["gamma_gamma"].fit(rfm)
    assert purchases.in_unit("week").log_likelihood == pytest.approx(
        expected["BGNBD"]["LL_rounded_summary_csv"], abs=1e-3
    )
    assert spend.log_likelihood == pytest.approx(expected["GammaGamma"]["LL_rounded_summary_csv"], abs=1e-3)


@pytest.mark.parametrize(("name", "kind"), [("bg_nbd", BgNbdFit), ("pareto_nbd", ParetoNbdFit)])
def test_the_increasing_frequency_paradox(reference, name, kind):
    """More past purchases, fewer to come, when the last one is long ago; parameters rounded as in the paper."""
    rows = reference["cdnow_sample_39wk"]["increasing_frequency_paradox_tx20_T39_t52"]
    fitted = published_fit(kind, reference["cdnow_sample_39wk"][KEYS[name]]["params"])
    history = Patterns.of(rows["x"], [20.0] * 4, [39.0] * 4)
    assert fitted.expected_purchases(history, 52) == pytest.approx(rows[KEYS[name]], rel=1e-3)


def test_the_distribution_of_purchases_of_a_new_customer(reference):
    pmf = reference["cdnow_sample_39wk"]["bgnbd_pmf"]
    fitted = published_fit(BgNbdFit, dict(zip(("r", "alpha", "a", "b"), pmf["params"], strict=True)))
    newcomer = Patterns.of(0, 0, 0)
    assert fitted.purchase_distribution(newcomer, 2, 10)[0, 10] == pytest.approx(pmf["P10_t2"], rel=1e-3)
    assert fitted.purchase_distribution(newcomer, 39, 0)[0, 0] == pytest.approx(pmf["P0_t39"], abs=1e-6)


def test_discounted_expected_residual_transactions(reference):
    """Over a horizon so long that nothing is left of it."""
    expected = reference["bgnbd_dert"]["x2_tx30.43_T38.86_delta0.0027"]
    fitted = published_fit(BgNbdFit, {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426})
    value = fitted.residual(Patterns.of(2, 30.43, 38.86), 9000.0, 0.0027)
    assert value == pytest.approx(expected, rel=1e-3)


def test_discounted_expected_residual_transactions_of_pareto_nbd(reference):
    """Fader, Hardie & Lee (2005b), with the parameters of their closed form."""
    expected = reference["pnbd_dert"]
    fitted = published_fit(ParetoNbdFit, dict(zip(("r", "alpha", "s", "beta"), expected["params"], strict=True)))
    delta = expected["delta_per_week"]
    one, ten = Patterns.of(7, 35, 77.86), Patterns.of(np.arange(1, 11), [30.0] * 10, [77.86] * 10)
    assert fitted.residual(one, 9000.0, delta) == pytest.approx(expected["x7_tx35_T77.86"], rel=2e-4)
    assert fitted.residual(ten, 9000.0, delta) == pytest.approx(expected["x1to10_tx30_T77.86"], rel=5e-4)
    nodes, weights = np.polynomial.laguerre.laggauss(64)
    for_ever = weights @ [fitted.expected_purchases(one, node / delta)[0] for node in nodes]
    assert for_ever == pytest.approx(expected["x7_tx35_T77.86"], rel=1e-8)


def test_gamma_gamma(cdnow, reference):
    expected = reference["cdnow_sample_39wk"]["GammaGamma"]
    fitted = spend_models()["gamma_gamma"].fit(cdnow)
    assert fitted.parameters == pytest.approx(expected["params"], abs=1e-3)
    assert fitted.log_likelihood == pytest.approx(expected["LL"], abs=1e-3)
    assert fitted.n_customers == expected["n"]
    assert fitted.gradient_norm < 1e-10
    assert fitted.population_mean == pytest.approx(expected["population_mean"], abs=5e-3)
    assert fitted.facts["correlation"] == pytest.approx(expected["corr_x_m"], abs=1e-4)


def test_gamma_gamma_conditional_means(cdnow, reference):
    fitted = spend_models()["gamma_gamma"].fit(cdnow)
    first = fitted.expected_order_value(cdnow["frequency"], cdnow["monetary_value"])[:10]
    assert first == pytest.approx(reference["cdnow_sample_39wk"]["gg_conditional_mean_first10"], abs=5e-3)


@pytest.mark.parametrize("name", PUBLISHED)
def test_all_of_cdnow(cdnow_full, reference, name):
    expected = reference["cdnow_full_39wk"][KEYS[name]]
    fitted = purchase_models()[name].fit(cdnow_full).in_unit("week")
    assert list(fitted.parameters.values()) == pytest.approx(expected["params"], abs=1e-3)
    assert fitted.log_likelihood == pytest.approx(expected["LL"], abs=1e-2)
    weeks = Patterns.of(cdnow_full["frequency"], cdnow_full["recency_days"] / 7, cdnow_full["T_days"] / 7)
    assert fitted.expected_purchases(weeks, 39).sum() == pytest.approx(expected["pred"], abs=1)


def test_spend_of_all_of_cdnow(cdnow_full, reference):
    expected = reference["cdnow_full_39wk"]["GammaGamma"]
    fitted = spend_models()["gamma_gamma"].fit(cdnow_full)
    assert list(fitted.parameters.values()) == pytest.approx(expected["params"], abs=2e-3)
    assert fitted.log_likelihood == pytest.approx(expected["LL"], abs=2e-3)
    assert fitted.n_customers == expected["n"]


def test_all_of_cdnow_has_its_counts(cdnow_full, cdnow_purchases, reference):
    expected, repeats = reference["cdnow_full_39wk"], cdnow_full["frequency"] > 0
    days = PurchaseDays.from_frame(cdnow_purchases)
    later = days.outcome(CALIBRATION_END, HOLDOUT_DAYS)
    patterns = cdnow_full[["frequency", "recency_days", "T_days"]].drop_duplicates()
    assert (len(cdnow_purchases), len(days.day)) == (expected["rows"], expected["daily_tx"])
    assert (len(cdnow_full), len(patterns)) == (expected["n"], expected["unique_patterns"])
    assert (cdnow_full["frequency"].sum(), (~repeats).sum()) == (expected["sum_x"], expected["x_zero"])
    assert later.purchases.sum() == expected["holdout_tx"]
    assert later.value.sum() == pytest.approx(expected["holdout_value"], abs=0.005)
    free = (cdnow_full["monetary_value"] == 0) & repeats
    assert free.sum() == expected["GammaGamma"]["repeaters_with_zero_mean"]


def published_fit(kind: type[PurchaseFit], parameters: dict[str, float]) -> PurchaseFit:
    return kind(
        model="published",
        parameters=parameters,
        standard_errors={},
        log_likelihood=0.0,
        n_customers=0,
        status="converged",
        time_unit="week",
    )
