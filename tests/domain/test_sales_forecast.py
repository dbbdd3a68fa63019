"""Sales ahead: months that add up to the whole, and bounds that hold what they promise."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from dashapp.domain import scoring
from dashapp.domain.sales_forecast import forecast
from dashapp.domain.uncertainty import uncertain_value
from tests.domain.test_cohort_forecasts import CUT, DAYS, shop, summary


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


def test_at_least_four_of_five_months_lie_inside_their_bounds() -> None:
    inside, shares = [], []
    for seed in range(100, 106):
        days = shop(seed)
        rfm = summary(days)
        told, came = forecast(scoring.fit(rfm, "mbg_nbd"), rfm, DAYS), actual(days, rfm)
        inside.append((told["low"] <= came) & (came <= told["high"]))
        shares.append(np.sum(came) / told["sales"].sum())
    assert np.mean(inside) >= 0.8
    assert np.mean(shares) == pytest.approx(1.0, abs=0.05)
