"""Pareto/NBD fits: as good as lifetimes', the same every time, honest about small groups."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dashapp.domain.models.pareto_nbd import MODEL
from dashapp.domain.patterns import Patterns
from dashapp.domain.rfm import summarise


@pytest.fixture(scope="module")
def online_retail(shared_data: Path) -> pd.DataFrame:
    """Buyers of Online Retail II until June 2011."""
    lines = pd.read_parquet(shared_data / "online_retail_II" / "online_retail_two_years.parquet")
    sold = lines[lines["CustomerID"].notna() & (lines["Quantity"] > 0) & (lines["Price"] > 0)]
    orders = pd.DataFrame({
        "customer_key": sold["CustomerID"].astype(int),
        "order_date": sold["InvoiceDate"].dt.normalize(),
        "amount": sold["Quantity"] * sold["Price"],
    })  # fmt: skip
    return summarise(orders, date(2011, 6, 9))


def test_two_runs_give_the_same_bytes(crowd):
    assert MODEL.fit(crowd).to_json() == MODEL.fit(crowd).to_json()


def test_a_week_is_seven_days(crowd):
    """In either unit the same fit: only times and the density of a purchase change."""
    days = MODEL.fit(crowd)
    weeks = days.in_unit("week")
    assert weeks.parameters["beta"] == pytest.approx(days.parameters["beta"] / 7)
    assert weeks.standard_errors["alpha"] == pytest.approx(days.standard_errors["alpha"] / 7)
    assert weeks.log_likelihood == pytest.approx(days.log_likelihood + crowd["frequency"].sum() * np.log(7))
    in_weeks = Patterns.of(crowd["frequency"], crowd["recency_days"] / 7, crowd["T_days"] / 7)
    assert weeks.p_alive(in_weeks) == pytest.approx(days.p_alive(Patterns.from_frame(crowd)), rel=1e-9)


def test_one_time_buyers_are_looked_up_and_repeaters_computed_to_the_same_end(crowd):
    """Each customer alone and all at once."""
    fitted, some = MODEL.fit(crowd), crowd.head(60)
    one_by_one = [fitted.p_alive(Patterns.from_frame(some.iloc[[row]]))[0] for row in range(len(some))]
    assert fitted.p_alive(Patterns.from_frame(some)) == pytest.approx(one_by_one, rel=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("data", ["cdnow_full", "online_retail"])
def test_no_group_of_customers_breaks_the_fit(data, request):
    everybody, rng = request.getfixturevalue(data), np.random.default_rng(3)
    for _ in range(100):
        some = everybody.iloc[rng.choice(len(everybody), rng.integers(30, 1001), replace=False)]
        fitted = MODEL.fit(some)
        forecast = fitted.forecast(Patterns.from_frame(some), 273, 3e-4)
        assert fitted.status in ("converged", "regularised")
        assert not fitted.at_bound
        assert all(fitted.standard_errors[name] < 12 * fitted.parameters[name] for name in fitted.parameters)
        assert fitted.gradient_norm < 1e-8
        assert all(np.isfinite(value) and value > 0 for value in fitted.parameters.values())
        assert np.isfinite([forecast.p_alive, forecast.p_active, forecast.residual]).all()
