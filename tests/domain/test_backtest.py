"""The backtest on CDNOW against figures others published or measured, and what it must never do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from dashapp.domain.backtest import Plan, run
from dashapp.domain.backtest_results import POOLED, TABLES, Backtest
from dashapp.domain.baseline import shelf
from dashapp.domain.holdout import Holdout
from dashapp.domain.purchase_days import PurchaseDays
from dashapp.domain.widening import Widening
from dashapp.errors import InputError
from tests.domain.conftest import CALIBRATION_END, HOLDOUT_DAYS, HOLDOUT_END

pytestmark = pytest.mark.slow

FROM = date(1997, 1, 1)
PUBLISHED = Plan(HOLDOUT_DAYS, origins=1)


@pytest.fixture(scope="module")
def days(transactions: pd.DataFrame) -> PurchaseDays:
    return PurchaseDays.from_frame(transactions)


@pytest.fixture(scope="module")
def published(days: PurchaseDays) -> Backtest:
    return run(days, FROM, HOLDOUT_END, PUBLISHED)


@pytest.fixture(scope="module")
def rolling(days: PurchaseDays) -> Backtest:
    return run(days, FROM, HOLDOUT_END, Plan(HOLDOUT_DAYS, origins=3, replicates=50))


def figure(found: Backtest, predictor: str, target: str, metric: str, origin: int = POOLED) -> float:
    wanted = (origin, predictor, target, metric)
    return next(r.value for r in found.metrics if (r.origin, r.predictor, r.target, r.metric) == wanted)


def test_the_published_split_gives_the_figures_measured_before(published: Backtest, reference):
    """Value: science.md section 5, measured by another implementation; purchases: the published totals."""
    assert published.origins[0].cut_off == CALIBRATION_END
    for metric, value, digits in (("mae", 30.41, 2), ("rmse", 72.3, 1), ("bias_pct", -15.6, 1), ("gini", 0.638, 3)):
        assert round(figure(published, "bg_nbd", "value", metric), digits) == value
    actual, totals = published.origins[0].purchases, reference["cdnow_sample_39wk"]["holdout_total_pred"]
    for model, key in (("bg_nbd", "BGNBD"), ("mbg_nbd", "MBGNBD")):
        total = actual * (1 + figure(published, model, "purchases", "bias_pct") / 100)
        assert total == pytest.approx(totals[key], abs=0.1)


def test_what_comes_within_a_month_changes_nothing_before_it_is_over(transactions: pd.DataFrame, published: Backtest):
    later = transactions.head(300).assign(order_date=pd.Timestamp("1998-07-10"))
    strangers = later.assign(customer_key=later["customer_key"] + 100_000)
    days = PurchaseDays.from_frame(pd.concat([transactions, later, strangers]))
    found = run(days, FROM, date(1998, 7, 15), PUBLISHED)
    for table in TABLES:
        pd.testing.assert_frame_equal(found.frame(table), published.frame(table))


def test_calibration_by_frequency_is_the_published_one(published: Backtest, reference):
    table = reference["cdnow_sample_39wk"]["by_frequency_0_to_7plus"]
    rows = [row for row in published.calibration if (row.model, row.kind) == ("mbg_nbd", "frequency")]
    assert [row.customers for row in rows] == table["count"]
    assert [row.actual for row in rows] == pytest.approx(table["actual"], abs=1e-4)
    assert [row.predicted for row in rows] == pytest.approx(table["MBGNBD"], abs=2e-4)


def test_who_is_active_on_all_of_cdnow_is_told_as_well_as_measured_before(cdnow_purchases: pd.DataFrame):
    """science.md section 6."""
    found = run(PurchaseDays.from_frame(cdnow_purchases), FROM, HOLDOUT_END, PUBLISHED)
    assert round(found.origins[0].active_customers / found.origins[0].customers, 3) == 0.299
    for name, auc, brier in (("bg_nbd", 0.747, 0.165), ("mbg_nbd", 0.755, 0.166)):
        assert round(figure(found, name, "active", "auc"), 3) == auc
        assert round(figure(found, name, "active", "brier"), 3) == brier
    assert round(figure(found, "days_since_last_order", "active", "auc"), 3) == 0.759
    # More customers than the tracking curve samples: its level is still everybody's.
    total = 19_684 * (1 + figure(found, "bg_nbd", "purchases", "bias_pct") / 100)
    assert [row.expected for row in found.tracking if row.model == "bg_nbd"][-1] == pytest.approx(total)
    assert total == pytest.approx(16_873.7, abs=0.5)


def test_tracking_ends_at_the_forecast_and_at_what_came(published: Backtest):
    rows = [row for row in published.tracking if row.model == "mbg_nbd"]
    last = rows[-1]
    assert (last.day, last.actual) == (HOLDOUT_DAYS, 1882)
    assert last.expected == pytest.approx(1882 * (1 + figure(published, "mbg_nbd", "purchases", "bias_pct") / 100))
    assert np.all(np.diff([row.expected for row in rows]) > 0)
    assert len(rows) == 39


def test_a_pooled_figure_is_the_mean_over_cut_offs(rolling: Backtest):
    assert len(rolling.origins) == 3
    each = [figure(rolling, "mbg_nbd", "value", "rmse", origin) for origin in (1, 2, 3)]
    assert figure(rolling, "mbg_nbd", "value", "rmse") == pytest.approx(np.mean(each))
    assert len({round(value, 6) for value in each}) == 3


def test_intervals_hold_their_figure_and_every_prediction_has_them(rolling: Backtest):
    assert {row.predictor for row in rolling.metrics} == {"bg_nbd", "mbg_nbd", *shelf()}
    assert all(row.low <= row.value <= row.high for row in rolling.metrics)
    assert {(row.model, row.other) for row in rolling.differences} >= {
        ("mbg_nbd", name) for name in shelf()
    } | {("bg_nbd", "mbg_nbd")}  # fmt: skip


def test_the_same_purchases_and_plan_give_the_same_figures_and_another_seed_other_intervals(
    days: PurchaseDays, rolling: Backtest
):
    plan = Plan(HOLDOUT_DAYS, origins=3, replicates=50)
    assert run(days, FROM, HOLDOUT_END, plan) == rolling
    other = run(days, FROM, HOLDOUT_END, replace(plan, seed=1))
    assert [row.value for row in other.metrics] == [row.value for row in rolling.metrics]
    assert [row.low for row in other.metrics] != [row.low for row in rolling.metrics]


def test_no_prediction_changes_when_the_future_does(transactions: pd.DataFrame, days: PurchaseDays):
    future = (transactions["order_date"] > pd.Timestamp(CALIBRATION_END)).to_numpy()
    doubled = transactions.assign(amount=transactions["amount"] * np.where(future, 7.0, 1.0))[
        ~future | (np.arange(len(future)) % 3 > 0)
    ]

    def predictions(source: PurchaseDays) -> list[np.ndarray]:
        holdout = Holdout.of(1, source, CALIBRATION_END, HOLDOUT_DAYS)
        said = [simple.predict(holdout.history) for simple in shelf().values()]
        said += [holdout.candidate(name, holdout.spend()).prediction for name in ("bg_nbd", "mbg_nbd")]
        return [values for one in said for values in (one.purchases, one.value, one.active) if values is not None]

    for ours, theirs in zip(predictions(days), predictions(PurchaseDays.from_frame(doubled)), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_model_that_finds_no_optimum_leaves_the_contest_with_a_note(
    days: PurchaseDays, monkeypatch: pytest.MonkeyPatch
):
    from dashapp.domain import shelf as models
    from dashapp.errors import NotConverged

    class FailsOnce:
        """Finds its optimum at the first cut-off only."""

        title, fits = "BG/NBD", 0

        def fit(self, rfm: pd.DataFrame) -> object:
            self.fits += 1
            if self.fits == 2:
                raise NotConverged("It found no optimum.")
            return honest("bg_nbd").fit(rfm)

    honest, moody = models.purchase_model, FailsOnce()
    monkeypatch.setattr(models, "purchase_model", lambda name: moody if name == "bg_nbd" else honest(name))
    found = run(days, FROM, HOLDOUT_END, Plan(HOLDOUT_DAYS, origins=2, replicates=20))
    assert "bg_nbd" not in {row.predictor for row in found.metrics}
    assert "bg_nbd was not tested at 1997-05-16: It found no optimum." in [row.note for row in found.notes]
    assert found.verdict.champion == "mbg_nbd"


def test_too_short_data_say_so_in_the_first_sentence(days: PurchaseDays):
    found = run(days, date(1998, 6, 1), HOLDOUT_END, PUBLISHED)
    assert found.verdict.sentence.startswith("There is no backtest of these predictions. The data span 30 days")
    assert (found.verdict.champion, found.origins, found.metrics) == ("", (), ())
    assert all(found.frame(name).columns.size for name in TABLES)


def test_online_retail_is_predicted_as_measured_before_where_returns_are_left_out(shared_data: Path):
    """science.md section 5, 26 weeks from 2011-06-10. Figures of the product differ because a return lowers sales."""
    file = shared_data / "online_retail_II" / "online_retail_two_years.parquet"
    sql = """select customerid as customer_key, cast(cast(invoicedate as date) as timestamp) as order_date,
                cast(sum(quantity * price) as double) as amount
             from read_parquet(?)
             where customerid is not null and invoice not like 'C%' and quantity > 0 and price > 0 group by 1, 2"""
    with duckdb.connect() as connection:
        days = PurchaseDays.from_frame(connection.execute(sql, [str(file)]).df())
    plan = Plan(182, 1, ("bg_nbd",), "bg_nbd", replicates=2, by_month=False)
    found = run(days, date(2009, 12, 1), date(2011, 12, 9), plan)
    for metric, value, digits in (("mae", 610, 0), ("rmse", 3454, 0), ("bias_pct", -18.4, 1), ("gini", 0.842, 3)):
        assert round(figure(found, "bg_nbd", "value", metric), digits) == value
    for metric, value in (("auc", 0.811), ("brier", 0.177)):
        assert round(figure(found, "bg_nbd", "active", metric), 3) == value


def test_too_few_customers_leave_the_cut_off_out(transactions: pd.DataFrame):
    few = transactions[transactions["customer_key"] <= 5]
    found = run(PurchaseDays.from_frame(few), FROM, HOLDOUT_END, PUBLISHED)
    assert found.origins == ()
    assert "predictions. The cut-off 1997-09-30 was left out" in found.verdict.sentence


def test_intervals_that_could_not_be_tested_are_widened_by_what_is_presumed(transactions: pd.DataFrame):
    few = transactions[transactions["customer_key"] <= 5]
    found = run(PurchaseDays.from_frame(few), FROM, HOLDOUT_END, PUBLISHED)
    assert found.widening(0.8) == Widening.learn(0.8, [], 273)
    assert np.isnan([[row.widened_short, row.fewest] for row in found.widenings]).all()
    assert found.notes[-1].note.startswith("No earlier window says how far the shop strays")


def test_an_unknown_model_is_refused_by_name():
    with pytest.raises(InputError, match="'spiral'"):
        Plan(365, models=("spiral",))
    with pytest.raises(InputError, match="'gamma_gamma'"):
        Plan(365, incumbent="gamma_gamma")
