"""Simple forecasts, worked out by hand on three customers."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from dashapp.domain import baseline
from dashapp.domain.baseline import History
from dashapp.domain.purchase_days import PurchaseDays

CUT_OFF = date(2024, 7, 18)  # day 200 of the year
PURCHASES = {"ann": {1: 10.0, 100: 20.0, 190: 40.0}, "ben": {20: 5.0}, "cid": {150: 8.0, 160: 6.0}, "dot": {201: 99.0}}
EXPECTED = {
    # 100 days ahead, ann / ben / cid; dot comes after the cut-off.
    "last_period": ([1, 0, 2], [40, 0, 14]),  # days 101 to 200
    "run_rate": ([2 / 199 * 100, 0, 1 / 50 * 100], [60 / 199 * 100, 0, 6 / 50 * 100]),
    "recent_run_rate": ([100 / 90, 0, 200 / 90], [4000 / 90, 0, 1400 / 90]),  # days 111 to 200
    # ann and ben came in January: 2 repeats worth 60 in 199 + 180 customer-days
    "cohort_mean": ([200 / 379, 200 / 379, 2], [6000 / 379, 6000 / 379, 12]),
}


@pytest.fixture
def history() -> History:
    rows = [(who, day, amount) for who, days in PURCHASES.items() for day, amount in days.items()]
    frame = pd.DataFrame(rows, columns=["customer_key", "day", "amount"])
    frame["order_date"] = pd.Timestamp("2023-12-31") + pd.to_timedelta(frame.pop("day"), unit="D")
    return History(PurchaseDays.from_frame(frame), CUT_OFF, 100)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_simple_forecast_is_what_its_help_says(history: History, name: str):
    prediction = baseline.shelf()[name].predict(history)
    purchases, value = EXPECTED[name]
    assert prediction.purchases == pytest.approx(purchases)
    assert prediction.value == pytest.approx(value)
    assert prediction.active == pytest.approx(prediction.purchases)


def test_the_last_to_buy_is_the_first_expected_back(history: History):
    prediction = baseline.shelf()["days_since_last_order"].predict(history)
    assert (prediction.purchases, prediction.value) == (None, None)
    assert prediction.active is not None
    assert prediction.active.tolist() == [-10.0, -180.0, -40.0]


def test_every_baseline_says_what_it_does_and_predicts_everybody_known(history: History):
    for name, simple in baseline.shelf().items():
        prediction = simple.predict(history)
        assert (simple.name, bool(simple.title), simple.help[-1:]) == (name, True, ".")
        said = [values for values in (prediction.purchases, prediction.value, prediction.active) if values is not None]
        assert {len(values) for values in said} == {3}
