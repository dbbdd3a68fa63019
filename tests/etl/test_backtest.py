"""What a refresh publishes of its backtest, and that the command line comes to the same figures."""

from __future__ import annotations

import json
import math
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from typer.testing import CliRunner

from dashapp.__main__ import build
from dashapp.domain.backtest_results import TABLES, Backtest, MetricRow
from dashapp.domain.purchase_days import PurchaseDays
from dashapp.errors import InputError
from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshots
from etl import pipeline
from etl.backtest import purchase_days, write
from etl.progress import Silent
from tests.etl.conftest import NOW, Ask, Refresh
from tests.etl.test_marts import ORDERS


def stored(settings: Settings, table: str) -> list[dict[str, Any]]:
    return Snapshots(settings).current()._rows(f"select * from backtest.{table}", {})


def as_set(rows: list[dict[str, Any]]) -> set[tuple[Any, ...]]:
    """Rows to compare whatever their order: NULL is None, days are text."""
    return {tuple(_cell(value) for value in row.values()) for row in rows}


def _cell(value: Any) -> Any:
    if value is None or value != value:
        return None
    return value.isoformat() if isinstance(value, date) else value


def test_the_command_line_reproduces_every_published_figure(
    sample_warehouse: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    # Other settings than those of the refresh: what counts is what was published.
    monkeypatch.setenv("TENURE_HORIZON_DAYS", "100")
    path = tmp_path / "again.json"
    said = CliRunner().invoke(
        build(), ["backtest", "--data-dir", str(sample_warehouse.data_dir), "--json", str(path)], catch_exceptions=False
    )
    again = json.loads(path.read_text())
    for name in TABLES:
        published = stored(sample_warehouse, name)
        assert as_set(published) == as_set(again[name]), name
        # Nothing went otherwise than asked, and no learned challenger is in the default plan.
        assert published or name in ("notes", "importance")
    assert again["summary"][0]["sentence"] in said.output
    assert "These are the figures published with snapshot 000001-" in said.output


@pytest.mark.slow
def test_another_horizon_is_another_backtest_and_does_not_pass_for_the_published_one(sample_warehouse: Settings):
    asked = ["--horizon-days", "90", "--origins", "2", "--model", "bg_nbd"]
    said = (
        CliRunner()
        .invoke(build(), ["backtest", "--data-dir", str(sample_warehouse.data_dir), *asked], catch_exceptions=False)
        .output
    )
    assert "90 days ahead, at 2 cut-offs, BG/NBD" in said
    assert "mbg_nbd" not in said
    assert "figures published with" not in said


def test_the_purchases_cut_at_the_end_are_the_customers_of_the_marts(sample_warehouse: Settings):
    """Returns included: the SQL of the marts and the arrays of the backtest count alike."""
    snapshot = Snapshots(sample_warehouse).current()
    days = PurchaseDays.from_frame(snapshot.frame("purchase_days"))
    ours = days.summary(snapshot.facts.observed_until).set_index("customer_key")
    theirs = snapshot.base().set_index("customer_key")
    assert len(ours) == len(theirs) > 300
    for column in ("frequency", "recency_days", "T_days"):
        assert (ours[column] == theirs[column]).all()
    assert ours["monetary_value"].to_numpy() == pytest.approx(theirs["monetary_value"].to_numpy(), rel=1e-12)


def test_a_refresh_reads_the_days_that_the_published_question_tells(
    refresh: Refresh, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    seen: list[PurchaseDays] = []
    monkeypatch.setattr(pipeline, "purchase_days", lambda connection: seen.append(purchase_days(connection)) or seen[0])
    abroad = ORDERS.assign(order_id=ORDERS["order_id"] + "-2", country="Norway")  # two rows of one customer and day
    refresh(order_lines=pd.concat([ORDERS, abroad]))
    published = PurchaseDays.from_frame(Snapshots(settings).current().frame("purchase_days"))
    assert seen[0].fingerprint == published.fingerprint
    assert len(published) > 1
    assert not published.is_purchase.all()


def test_a_shop_too_young_for_a_backtest_is_published_with_the_reason(refresh: Refresh, ask: Ask):
    refresh(order_lines=ORDERS)
    sentence, champion, origins = ask("select sentence, champion, origins from backtest.summary")[0]
    # 30 days before the end of February: half of the sixty days till then.
    assert sentence.startswith("There is no backtest of these predictions. The cut-off 2024-01-30 was left out: ")
    assert (champion, origins) == ("", 0)
    assert ask("select count(*) from backtest.metrics") == [(0,)]
    assert {row[0]: row[1] for row in ask("describe backtest.origins")}["cut_off"] == "DATE"
    assert ask("select max(observed_until) from meta.snapshot") == [(date(2024, 3, 1),)]


def test_an_unknown_model_to_test_stops_before_anything_is_loaded(settings: Settings):
    wrong = settings.model_copy(update={"backtest_models": ("spiral",)})
    with pytest.raises(InputError, match="spiral"):
        pipeline.refresh(pipeline.Request("sample"), wrong, Silent(), lambda: NOW)
    assert not (settings.data_dir / "warehouse" / "CURRENT").exists()


def test_a_figure_that_is_no_number_is_published_as_none():
    nothing = MetricRow(1, "mbg_nbd", "MBG/NBD", "model", "value", "bias_pct", math.inf, math.nan, 1.5)
    with duckdb.connect() as connection:
        connection.execute("create schema backtest")
        write(connection, Backtest(summary=(), metrics=(nothing,)))
        assert connection.execute("select value, low, high from backtest.metrics").fetchall() == [(None, None, 1.5)]
