"""Sales ahead as a refresh publishes them: by channel and country they are the same money, judged on the same past."""

from __future__ import annotations

import pytest

from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshot, Snapshots


@pytest.fixture(scope="module")
def snapshot(sample_warehouse: Settings) -> Snapshot:
    return Snapshots(sample_warehouse).current()


@pytest.mark.parametrize("kind", ["channel", "country"])
def test_parts_add_up_to_the_forecast_of_every_month(snapshot: Snapshot, kind: str) -> None:
    whole = snapshot.frame("sales_forecasts").set_index("month")
    parts = snapshot.frame("sales_forecast_parts", kind=kind).groupby("month")[["sales", "customers"]].sum()
    assert len(whole)
    assert parts["sales"].tolist() == pytest.approx(whole["sales"].tolist(), abs=0.01)
    assert parts["customers"].tolist() == whole["customers"].tolist()


@pytest.mark.parametrize("kind", ["channel", "country"])
def test_the_parts_of_a_cut_off_are_the_backtest_of_everybody(snapshot: Snapshot, kind: str) -> None:
    rows = snapshot._rows(
        """select o.origin, o.value, o.customers, sum(p.predicted) as predicted, sum(p.actual) as actual,
               sum(p.customers) as counted, any_value(m.value) as bias_pct
           from backtest.origins as o
           inner join backtest.parts as p on p.origin = o.origin and p.kind = $kind
           cross join backtest.summary as s
           inner join backtest.metrics as m
               on m.origin = o.origin and m.predictor = s.incumbent and m.target = 'value' and m.metric = 'bias_pct'
           group by all""",
        {"kind": kind},
    )
    assert rows
    for row in rows:
        assert row["actual"] == pytest.approx(row["value"])
        assert row["counted"] == row["customers"]
        assert 100 * (row["predicted"] / row["actual"] - 1) == pytest.approx(row["bias_pct"], abs=1e-6)
