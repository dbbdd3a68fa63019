"""The ledger keeps what was predicted, and the scorecard holds it against what came."""

from __future__ import annotations

import json
import shutil
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from benchmarks.simulated import Truth
from dashapp.errors import SnapshotDamaged
from dashapp.settings import Settings
from etl import pipeline
from etl.ledger import Ledger
from etl.progress import Silent
from tests.deliveries import know_handwritten, written
from tests.etl.conftest import NOW, Ask, Refresh, order_lines

pytestmark = pytest.mark.slow
START = date(2023, 1, 1)


def world(customers: int, days: int, seed: int = 1) -> pd.DataFrame:
    """Order lines of MBG/NBD customers who join evenly over the first 300 days and spend by Gamma-Gamma."""
    rng, truth = np.random.default_rng(seed), Truth(r=0.8, alpha=30.0)
    lines = []
    for number in range(customers):
        rate, leave = rng.gamma(truth.r, 1.0 / truth.alpha), rng.beta(truth.a, truth.b)
        scale, when = rng.gamma(truth.q, 1.0 / truth.v), float(rng.integers(0, 300))
        while when < days:
            day = START + timedelta(days=int(when))
            price = round(float(rng.gamma(truth.p) / scale), 2)
            lines.append((f"o{len(lines)}", f"{day} 10:00:00", f"c{number}", "p1", 1, max(price, 0.01)))
            if rng.random() < leave:
                break
            when += 1.0 + rng.exponential(1.0 / rate)
    return order_lines(*lines)


def until(lines: pd.DataFrame, day: date) -> pd.DataFrame:
    return lines[lines["ordered_at"] < f"{day + timedelta(days=1)}"]


def settings_in(folder: Path) -> Settings:
    return Settings(data_dir=folder, horizon_days=90, valid_min_customers=50, backtest_origins=1)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path)


LINES = world(600, 520)
MIDDLE = START + timedelta(days=400)


Shops = tuple[Path, Path]


@pytest.fixture(scope="session")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Shops:
    """Two data folders: one refreshed until MIDDLE, and the same until more than a horizon later."""
    early, late = (tmp_path_factory.mktemp("shop") / name for name in ("early", "late"))
    early.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        know_handwritten(patch, {})
        _deliver(early, until(LINES, MIDDLE))
        shutil.copytree(early, late)
        _deliver(late, LINES)
    return early, late


def _deliver(folder: Path, lines: pd.DataFrame) -> None:
    asked = written(folder / "delivery", {"order_lines": lines})
    pipeline.refresh(asked, settings_in(folder), Silent(), lambda: NOW)


def _moved_in(shop: Path, settings: Settings, patch: pytest.MonkeyPatch) -> list[str]:
    know_handwritten(patch, {})
    shutil.copytree(shop, settings.data_dir, dirs_exist_ok=True)
    return [entry.snapshot_id for entry in Ledger.of(settings).entries()]


@pytest.fixture
def first(shops: Shops, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> str:
    """The snapshot until MIDDLE, the current one of this test's own shop."""
    return _moved_in(shops[0], settings, monkeypatch)[0]


@pytest.fixture
def two_deliveries(shops: Shops, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """Snapshots until MIDDLE, and until more than a horizon later."""
    one, other = _moved_in(shops[1], settings, monkeypatch)
    return one, other


def test_predicted_and_actual_are_those_of_the_customers_known_then(
    two_deliveries: tuple[str, str], settings: Settings, ask: Ask
):
    first, _ = two_deliveries
    ledger = Ledger.of(settings)
    entry = ledger.entries()[0]
    then = ledger.customers(entry)
    assert entry.snapshot_id == first
    early = until(LINES, entry.day)
    window = LINES[(LINES["ordered_at"] >= f"{entry.day + timedelta(days=1)}")]
    window = until(window, entry.day + timedelta(days=90))
    window = window[window["customer_id"].isin(early["customer_id"])]
    row = ask(
        f"""select status, days, customers, same_share, value, value_low, value_high, actual_value, actual_purchases,
            purchases, purchases_low, purchases_high, inside_share, error_pct
            from ledger.scorecard where snapshot_id = '{first}'"""
    )[0]
    assert row[:4] == ("compared", 90, early["customer_id"].nunique(), 1.0)
    assert row[4] == pytest.approx(then["expected_value"].sum())
    assert row[7] == pytest.approx(window["unit_price"].sum())
    assert row[8] == len(window)
    assert row[5] < row[4] < row[6]
    assert row[10] < row[9] < row[11]
    assert row[5] * 0.8 < row[7] < row[6] * 1.2
    assert 0.6 < row[12] < 0.97
    assert row[13] == pytest.approx(100 * (row[4] / row[7] - 1))


def test_a_part_of_the_horizon_is_compared_with_what_the_old_fit_expects_of_that_part(
    first: str, refresh: Refresh, ask: Ask
):
    refresh(order_lines=until(LINES, MIDDLE + timedelta(days=10)))
    assert ask(f"select status from ledger.scorecard where snapshot_id = '{first}'") == [("too_early",)]
    refresh(order_lines=until(LINES, MIDDLE + timedelta(days=45)))
    status, days, value, low, high = ask(
        f"""select status, days, value, value_low, value_high from ledger.scorecard where snapshot_id = '{first}'"""
    )[0]
    assert status == "compared"
    assert 40 <= days <= 46
    assert low < value < high


def test_a_prediction_outlives_its_snapshot_and_a_rollback(first: str, refresh: Refresh, settings: Settings):
    few = settings.model_copy(update={"keep_snapshots": 1})
    content = (settings.folder("ledger") / f"{first}.parquet").read_bytes()
    refresh(force=True)
    pipeline.rollback(None, few)
    refresh(force=True)
    pipeline.refresh(pipeline.Request(force=True), few, Silent(), lambda: NOW)
    assert (settings.folder("ledger") / f"{first}.parquet").read_bytes() == content
    assert len(Ledger.of(settings).entries()) == 4
    assert len(list(settings.folder("warehouse").glob("tenure-*.duckdb"))) < 4


def test_a_changed_prediction_is_found_and_not_compared(two_deliveries: tuple[str, str], settings: Settings):
    ledger = Ledger.of(settings)
    entry = ledger.entries()[0]
    path = ledger.folder / f"{entry.snapshot_id}.parquet"
    path.chmod(0o600)
    duckdb.sql(f"copy (select * replace (clv * 2 as clv) from '{path}') to '{path}.new' (format parquet)")
    Path(f"{path}.new").replace(path)
    with pytest.raises(SnapshotDamaged, match="changed after the fact"):
        ledger.customers(entry)


@pytest.mark.parametrize("name", ["horizon_days", "sha256", "previous_hash"])
def test_a_changed_entry_is_found_and_told_in_the_next_scorecard(
    two_deliveries: tuple[str, str], settings: Settings, refresh: Refresh, ask: Ask, name: str
):
    path = Ledger.of(settings).manifest_path
    content = json.loads(path.read_text())
    content["entries"][0][name] = 30 if name == "horizon_days" else "f" * 64
    path.write_text(json.dumps(content))
    with pytest.raises(SnapshotDamaged, match="was changed"):
        Ledger.of(settings).entries()
    refresh(force=True)
    status, note = ask("select status, note from ledger.scorecard")[0]
    assert status == "damaged"
    assert "was changed" in note


def test_another_world_with_the_same_names_of_customers_is_not_compared(first: str, refresh: Refresh, ask: Ask):
    refresh(order_lines=world(600, 520, seed=2))
    status, note, value = ask(f"select status, note, value from ledger.scorecard where snapshot_id = '{first}'")[0]
    assert (status, value) == ("other_customers", None)
    assert "of its customers are in these data" in note


def test_an_entry_missed_by_a_crash_is_written_by_the_next_refresh(first: str, refresh: Refresh, settings: Settings):
    for path in settings.folder("ledger").iterdir():
        path.unlink()
    refresh(order_lines=LINES)
    assert Ledger.of(settings).entries()[0].snapshot_id == first
