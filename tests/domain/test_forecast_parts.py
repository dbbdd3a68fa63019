"""The forecast by part: nothing is lost between the parts, and each part is judged on its own customers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from dashapp.domain import scoring
from dashapp.domain.forecast_parts import Parts, judged, split
from dashapp.domain.parts import OTHERS, grouped
from dashapp.domain.sales_forecast import forecast
from tests.domain.test_cohort_forecasts import DAYS, shop, summary


def test_the_parts_of_a_month_add_up_to_the_whole() -> None:
    rfm = summary(shop(7, 300))
    fits = scoring.fit(rfm, "mbg_nbd")
    parts = pd.DataFrame({"channel": np.where(rfm["frequency"] > 1, "web", "shop"), "country": "France"})
    found, whole = split(fits, rfm, parts, DAYS), forecast(fits, rfm, DAYS)
    for kind in parts:
        months = found[found["kind"] == kind].groupby("month")[["sales", "customers"]].sum()
        assert months["sales"].tolist() == pytest.approx(whole["sales"].tolist(), abs=0.005)
        assert set(months["customers"]) == {len(rfm)}
    web = rfm[parts["channel"] == "web"]
    theirs = found[found["name"] == "web"]["sales"].tolist()
    assert theirs == pytest.approx(forecast(fits, web, DAYS)["sales"].tolist()), "as if there were nobody else"


def test_a_part_is_judged_on_its_own_customers() -> None:
    parts = pd.DataFrame({"channel": ["b", "a", "b"]})
    rows = {row.name: row for row in judged(2, parts, np.array([10.0, 5.0, 2.0]), np.array([8.0, 6.0, 0.0]))}
    assert (rows["a"].customers, rows["a"].predicted, rows["a"].actual) == (1, 5.0, 6.0)
    assert (rows["b"].customers, rows["b"].predicted, rows["b"].actual) == (2, 12.0, 8.0)


def test_customers_are_found_by_key_whichever_are_known() -> None:
    parts = Parts(np.array([3, 7, 9]), pd.DataFrame({"channel": ["x", "y", "z"]}))
    assert list(parts.known(np.array([3, 9]))["channel"]) == ["x", "z"]


def test_parts_are_told_apart_by_name_and_by_whose_they_are_among_those_known() -> None:
    def told(*names: str) -> bytes:
        return Parts(np.array([3, 7, 9]), pd.DataFrame({"channel": names})).fingerprint(np.array([3, 9]))

    assert told("x", "y", "z") == told("x", "other", "z")
    assert len({told("x", "y", "z"), told("z", "y", "x"), told("x", "y", "x"), told("x", "y", "q")}) == 4


def test_small_parts_are_together_only_where_there_are_too_many() -> None:
    names = pd.Series(list("abcdef") + list("abcde"))
    assert set(grouped(names)) == set("abcdef"), "six fit: others would be one name alone"
    many = pd.concat([names, pd.Series(["g"])])
    assert set(grouped(many)) == {*"abcde", OTHERS}
