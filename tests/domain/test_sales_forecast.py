"""Sales ahead: months that add up to the whole, and bounds that hold what they promise."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from dashapp.domain import scoring
from dashapp.domain.purchase_days import PurchaseDays
from dashapp.domain.sales_forecast import forecast
from dashapp.domain.sales_past import Off, errors
from dashapp.domain.uncertainty import uncertain_value
from dashapp.domain.widening import LARGEST
from tests.domain.test_cohort_forecasts import CUT, DAYS, shop, summary

FROM = date(2020, 1, 1)
UNTIL = FROM + timedelta(days=CUT)


def actual(days: pd.DataFrame, rfm: pd.DataFrame) -> list[float]:
    """What the customers of `rfm` bought in each month after CUT."""
    theirs = days[days["customer"].isin(rfm["customer_key"])]
    ends = [CUT + end for end in DAYS]
    months = pd.cut(theirs["day"], ends)
    return [float(value) for value in theirs["amount"].groupby(months, observed=False).sum()]


def test_the_months_add_up_to_what_all_customers_bring() -> None:
    rfm = summary(shop(7, 600))
    fits = scoring.fit(rfm, "mbg_nbd")
    told = forecast(fits, rfm, DAYS)
    assert told["sales"].sum() == pytest.approx(uncertain_value(fits, rfm, DAYS[-1]).mean.sum())
    assert (told["low"] < told["sales"]).all()
    assert (told["sales"] < told["high"]).all()
    later = forecast(fits, rfm, DAYS[1:])  # in the middle of a month: what is left of it is in no month
    assert later["sales"].tolist() == pytest.approx(told["sales"].tolist()[1:])


def history(days: pd.DataFrame) -> PurchaseDays:
    """The same days as a shop that opened on FROM."""
    moment = pd.Timestamp(FROM) + pd.to_timedelta(days["day"], unit="D")
    return PurchaseDays.from_frame(
        pd.DataFrame({"customer_key": days["customer"], "order_date": moment, "amount": days["amount"]})
    )


@pytest.mark.slow
def test_about_four_of_five_months_lie_inside_their_bounds_where_nothing_strays() -> None:
    inside, shares = [], []
    for seed in range(100, 104):
        days = shop(seed, 1000)
        rfm = summary(days)
        off = errors(history(days), FROM, UNTIL, "mbg_nbd", DAYS)
        told, came = forecast(scoring.fit(rfm, "mbg_nbd"), rfm, DAYS, off), actual(days, rfm)
        inside.append((told["low"] <= came) & (came <= told["high"]))
        shares.append(np.sum(came) / told["sales"].sum())
    assert [len(month) for month in off] == [12, 11, 10, 8, 7, 6]
    assert np.mean(inside) >= 0.75
    assert np.mean(shares) == pytest.approx(1.0, abs=0.1)


def test_bounds_are_as_wide_as_earlier_months_were_off() -> None:
    """Where chance is nothing: a year of months off by a planted factor gives Student's quantile of it."""
    rfm = summary(shop(7, 600))
    fits = scoring.fit(rfm, "mbg_nbd")
    sales = forecast(fits, rfm, DAYS[:2])["sales"][0]
    widths = []
    for spread in (0.3, 0.6):
        planted = [Off(spread * (-1) ** number, sales) for number in range(12)]
        told = forecast(fits, rfm, DAYS[:2], [planted]).iloc[0]
        assert told["low"] * told["high"] == pytest.approx(told["sales"] ** 2)
        widths.append(np.log(told["high"] / told["sales"]))
    assert widths == pytest.approx([stats.t.ppf(0.9, 12) * 0.3, stats.t.ppf(0.9, 12) * 0.6])


def test_errors_are_what_came_against_what_was_forecast_then() -> None:
    """The last month before the end in a shop that stops selling, and one that sells twice as dear."""
    days = shop(11, 500)
    last = days["day"] > CUT - 31
    dear, shut = days.assign(amount=days["amount"] * np.where(last, 2.0, 1.0)), days[~last]
    plain, twice, none = (errors(history(rows), FROM, UNTIL, "mbg_nbd", [0, 30])[0][0] for rows in (days, dear, shut))
    assert twice.error - plain.error == pytest.approx(np.log(2.0), abs=0.01)
    assert none.error == -LARGEST
    assert none.forecast == pytest.approx(plain.forecast)
