"""`python -m etl diff`: what tells one published snapshot from another."""

from __future__ import annotations

import json
from collections.abc import Callable

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from dashapp.settings import Settings
from dashapp.store.publish import Warehouse
from etl.__main__ import app
from tests.etl.conftest import order_lines, refreshed
from tests.etl.loading import tree

FIRST = (
    ("o1", "2024-01-01 09:00", "ann", "cup", 2, 10),
    ("o2", "2024-02-01 09:00", "ben", "pen", 1, 5),
    ("o3", "2024-02-01 09:00", "cid", "pen", 1, 5),
)
SECOND = (FIRST[0], ("o2", "2024-02-01 09:00", "ben", "pen", 3, 5), ("o4", "2024-02-01 09:00", "dot", "pen", 2, 5))


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A data directory with two snapshots; tests only read them."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("compared"))
    with pytest.MonkeyPatch.context() as patch:
        refreshed(settings, patch, order_lines=order_lines(*FIRST))
        goods = pd.DataFrame({"product_id": ["cup", "mug"]})
        refreshed(settings, patch, order_lines=order_lines(*SECOND), products=goods)
    return settings


@pytest.fixture
def diff(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("TENURE_DATA_DIR", str(settings.data_dir))
    return lambda *arguments: CliRunner().invoke(app, ["diff", *arguments])


def test_rows_figures_and_customers_are_compared(diff: Callable[..., Result], settings):
    before = tree(settings.data_dir)
    told = json.loads(diff("1", "2", "--json").output)
    assert tree(settings.data_dir) == before
    assert told["tables"]["products"] == [2, 3]
    assert told["tables"]["order_lines"] == [3, 3]
    figures = {item["name"]: (float(item["before"]), float(item["after"])) for item in told["headlines"]}
    assert (figures["net_sales"], figures["customers"]) == ((30, 45), (3, 3))
    assert (told["added"], told["removed"]) == (["dot"], ["cid"])
    assert told["movers"]["net_sales"] == [{"customer_id": "ben", "before": 5, "after": 15}]
    assert told["customers"] == {"added": 1, "removed": 1, "moved_net_sales": 1, "moved_clv": 0}


def test_the_other_way_round_and_by_id(diff: Callable[..., Result], settings):
    first, second = (entry.snapshot_id for entry in Warehouse(settings.data_dir / "warehouse").history())
    said = diff(second, first).output
    assert f"{second} -> {first}" in said
    assert "net sales: 45.00 -> 30.00 (-15.00)" in said
    assert "net_sales of ben: 15.00 -> 5.00" in said
    assert "marts.order_lines" not in said


def test_a_snapshot_with_itself_differs_in_nothing(diff: Callable[..., Result]):
    said = diff("2", "2").output
    assert "0 added, 0 removed, 0 moved net sales, 0 moved clv" in said
    assert "marts." not in said


def test_a_snapshot_that_is_not_kept_is_answered_with_those_that_are(diff: Callable[..., Result]):
    done = diff("1", "9")
    assert done.exit_code == 1
    assert "no snapshot '9'" in done.output
    assert "000002-" in done.output
