"""Sales ahead as a refresh publishes them: by channel and country they are the same money, judged on the same past."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from dashapp.domain.cohort_forecasts import month_ends
from dashapp.domain.sales_past import Off
from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshot, Snapshots
from etl import sales_forecasts
from tests.domain.test_cohort_forecasts import shop
from tests.domain.test_sales_forecast import FROM, history


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


def test_earlier_forecasts_are_judged_anew_when_a_month_turns_or_an_old_day_changes_and_not_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, calls, own = shop(5, 300), list[date](), sales_forecasts.errors
    monkeypatch.setattr(
        sales_forecasts,
        "errors",
        lambda days, since, until, *rest: calls.append(until) or own(days, since, until, *rest),
    )

    def judged(until: date, name: str, earlier: str = "", dearer: bool = False) -> list[list[Off]]:
        day = (until - FROM).days
        known = rows[rows["day"] <= day].assign(
            amount=lambda kept: kept["amount"] + dearer * kept["day"].between(190, 220)
        )
        with duckdb.connect(str(tmp_path / name)) as connection:
            connection.execute("create schema backtest; create schema meta")
            before = tmp_path / earlier if earlier else None
            ends = month_ends(until, 180)
            return sales_forecasts._past(connection, history(known), FROM, until, "mbg_nbd", ends, before)

    month = (FROM + timedelta(days=400)).replace(day=1)
    first = judged(month + timedelta(days=4), "first")
    assert sum(map(len, first)) > 12
    assert judged(month + timedelta(days=11), "second", "first") == first
    assert judged(month + timedelta(days=11), "anew") == first
    assert calls == [month - timedelta(days=1)] * 2
    assert judged(month + timedelta(days=11), "corrected", "first", dearer=True) != first
    assert judged(month + timedelta(days=40), "turned", "second") != first
    assert len(calls) == 4
