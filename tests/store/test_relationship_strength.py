"""Relationship strength against residuals of plain regressions over the customer-days and lines."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from dashapp.charts import relationship_strength
from dashapp.domain.filters import Filters
from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshots
from tests.charts.frames import view


def residual(values: pd.Series, held: pd.Series) -> np.ndarray:
    x = np.column_stack([np.ones(len(held)), held])
    return np.asarray(values - x @ np.linalg.lstsq(x, values, rcond=None)[0])


def test_correlations_are_those_of_what_the_purchase_days_leave_open(sample_warehouse: Settings) -> None:
    snapshot = Snapshots(sample_warehouse).current()
    cut = snapshot.facts.observed_until - timedelta(days=180)
    lines = pd.DataFrame(snapshot._rows(
        """select l.customer_key, l.order_id, l.order_date, l.product_key, p.category from marts.order_lines l
           join marts.products p using (product_key) where l.kind = 'sale' and l.customer_key is not null""", {},
    ))  # fmt: skip
    before, after = lines[lines["order_date"] <= cut], lines[lines["order_date"] > cut]
    days = before.drop_duplicates(["customer_key", "order_date"]).assign(
        month=lambda frame: pd.to_datetime(frame["order_date"]).dt.to_period("M")
    )
    groups = days.groupby("customer_key")
    known = pd.DataFrame({"days": groups.size(), "categories": before.groupby("customer_key")["category"].nunique()})
    known["busiest_month"] = (
        days.groupby(["customer_key", "month"]).size().groupby("customer_key").max() / known["days"]
    )
    orders = before.groupby(["customer_key", "product_key"])["order_id"].nunique()
    known["repeated"] = (orders > 1).groupby("customer_key").mean()
    known["stayed"] = known.index.isin(after["customer_key"]).astype(int)
    known = known[known["days"] >= 2]
    told = snapshot.frame("relationship_strength", Filters()).set_index("measure")
    for measure in relationship_strength.NAMES:
        expected = np.corrcoef(*(residual(known[name], np.log(known["days"])) for name in (measure, "stayed")))[0, 1]
        assert told["correlation"][measure] == pytest.approx(expected, abs=1e-9)
    assert (told["customers"] == len(known)).all()
    assert (told["stayed"] == known["stayed"].sum()).all()


def rows(customers: int, *correlations: float) -> pd.DataFrame:
    frame = pd.DataFrame({"measure": list(relationship_strength.NAMES), "correlation": correlations})
    return frame.assign(
        cut_off=pd.Timestamp("2024-05-23"), customers=customers, stayed=60, mean_stayed=3.0, mean_left=2.0
    )


def test_what_may_be_chance_is_called_so_and_a_few_say_nothing() -> None:
    chart = relationship_strength.build(rows(104, 0.5, 0.1, -0.5), view())
    assert "categories bought goes with staying (0.50); products bought again says nothing sure" in chart.summary
    assert "days in the busiest month goes with leaving (−0.50)" in chart.summary
    assert chart.table["Low (95 %)"].iloc[0] == pytest.approx(0.339)  # tanh(atanh(0.5) - 1.96 / sqrt(100))
    few = relationship_strength.build(rows(99, 0.5, 0.1, -0.5), view())
    assert few.note
    assert few.note.kind == "insufficient"
