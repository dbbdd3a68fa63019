"""What a run says about itself, by hand: two files of order lines, one after the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashapp.settings import Settings
from dashapp.store.publish import Warehouse
from etl.account import account, told
from etl.progress import Silent
from etl.timeline import Timeline
from tests.etl.conftest import Refresh, order_lines

FIRST = (("o1", "2024-01-01 09:00", "ann", "cup", 2, 10),)
SECOND = (
    *FIRST,
    ("o2", "2024-02-01 09:00", "ben", "pen", 3, 5),
    ("o3", "not a day", "ben", "pen", 3, 5),
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An installation that takes a delivery of which most is rejected."""
    return Settings(data_dir=tmp_path, max_reject_share=0.9)


def test_the_first_run_compares_with_nothing_and_the_second_with_the_first(refresh: Refresh, settings: Settings):
    first = account(refresh(order_lines=order_lines(*FIRST)), settings)
    second = account(refresh(order_lines=order_lines(*SECOND)), settings)
    assert first["before"] is None
    assert {item["before"] for item in first["headlines"]} == {None}
    assert (second["before"], second["after"]["seq"]) == (first["after"], 2)
    figures = {item["name"]: (item["before"], item["after"]) for item in second["headlines"]}
    assert (figures["orders"], figures["net_sales"], figures["customers"]) == ((1, 2), (20, 35), (1, 2))
    assert second["rows"] == [
        {"entity": "order_lines", "files": 1, "new": 1, "rows": 3, "accepted": 2, "rejected": 1},
    ]
    assert "rejected_lines" in {finding["check_id"] for finding in second["findings"]}


def test_a_run_that_changes_nothing_has_no_new_file_and_the_same_figures(refresh: Refresh, settings: Settings):
    refresh(order_lines=order_lines(*FIRST))
    again = account(refresh(order_lines=order_lines(*FIRST)), settings)
    assert again["before"] == again["after"]
    assert [row["new"] for row in again["rows"]] == [0]
    assert all(item["before"] == item["after"] for item in again["headlines"])


def test_a_snapshot_before_that_is_no_longer_kept_leaves_its_figures_open(refresh: Refresh, settings: Settings):
    refresh(order_lines=order_lines(*FIRST))
    outcome = refresh(order_lines=order_lines(*SECOND))
    (settings.data_dir / "warehouse" / Warehouse(settings.data_dir / "warehouse").history()[0].file).unlink()
    known = account(outcome, settings)
    assert known["before"]["seq"] == 1
    assert {item["before"] for item in known["headlines"]} == {None}


def test_a_published_file_that_cannot_be_read_costs_the_account_not_the_run(refresh: Refresh, settings: Settings):
    outcome = refresh(order_lines=order_lines(*FIRST))
    (settings.data_dir / "warehouse" / outcome.entry.file).write_bytes(b"x")
    assert set(told(outcome, Timeline(Silent()), settings)) == {"seconds", "steps"}
