"""The history of the lake: what is kept, what goes, and that a killed load leaves one history or the other."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dashapp.settings import Settings
from dashapp.store import deliveries
from etl import crash, load
from etl import lake as lakes
from tests.conftest import ROOT
from tests.etl.loading import GOOD, NOW, Heard, accepted, orders, rejected, settings_in, shop_folder

OTHER = "2,2024-01-01 00:00:00,c2,1,1"
BAD = "3,never,c3,1,1"


def run(settings: Settings, folder: Path, append: bool = False, actor: str = "cli:ann", **files: str) -> lakes.Lake:
    shop = shop_folder(folder, {f"{name}.csv": text for name, text in files.items()})
    for path in shop.glob("orders*.csv"):
        if path.stem not in files:
            path.unlink()
    return load.load("csv_folder", shop, {}, settings, Heard(), append=append, now=NOW, actor=actor)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path)


def parts(settings: Settings) -> set[str]:
    """Batches that have files in the lake."""
    return {path.name for path in (settings.data_dir / "lake" / "order_lines").iterdir()}


def test_a_version_says_who_made_it_when_and_from_what(settings: Settings, tmp_path: Path):
    run(settings, tmp_path, orders1=orders(GOOD))
    run(settings, tmp_path, append=True, actor="user:bea", orders2=orders(OTHER, BAD))
    first, second = [version.delivery for version in deliveries.read(settings.data_dir / "lake").versions]
    assert (first.number, first.before, first.manner, first.actor) == (1, None, "world", "cli:ann")
    assert second == deliveries.Delivery(
        2, 1, NOW.isoformat(), "user:bea", "append", "csv_folder", ("orders2.csv",), accepted_rows=1, rejected_rows=1
    )


def test_what_a_kept_version_names_stays_readable(settings: Settings, tmp_path: Path):
    first = run(settings, tmp_path, orders=orders(GOOD, BAD))
    second = run(settings, tmp_path, orders=orders(OTHER))
    assert accepted(second, "order_id") == [("2",)]
    assert accepted(first, "order_id") == [("1",)]
    assert len(rejected(first)) == 1


def test_versions_beyond_the_kept_number_go_with_their_files(settings: Settings, tmp_path: Path):
    object.__setattr__(settings, "keep_deliveries", 2)
    made = [run(settings, tmp_path, orders=orders(GOOD, *[OTHER] * copies)) for copies in range(4)]
    kept = deliveries.read(settings.data_dir / "lake")
    assert (kept.current, [version.delivery.number for version in kept.versions]) == (4, [3, 4])
    assert parts(settings) == {lake.batches[0].batch_id for lake in made[2:]}


def test_a_batch_of_an_earlier_version_is_used_again_and_not_read_again(settings: Settings, tmp_path: Path):
    first = run(settings, tmp_path, orders=orders(GOOD))
    file = first.files("order_lines")[0]
    run(settings, tmp_path, orders=orders(OTHER))
    age = file.stat().st_mtime_ns
    again = run(settings, tmp_path, orders=orders(GOOD))
    assert [batch.batch_id for batch in again.batches] == [batch.batch_id for batch in first.batches]
    assert file.stat().st_mtime_ns == age
    assert again.history.current == 3


def test_the_same_rows_from_another_place_are_no_new_version(settings: Settings, tmp_path: Path):
    run(settings, tmp_path, orders=orders(GOOD))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    lake = run(settings, elsewhere, orders=orders(GOOD))
    assert lake.history.current == 1
    assert lake.feed is not None
    assert lake.feed.path == str(elsewhere / "shop")
    assert lakes.read(settings) == lake


def test_a_manifest_older_than_the_history_is_its_first_version(settings: Settings, tmp_path: Path):
    lake = run(settings, tmp_path, orders=orders(GOOD))
    path = lake.folder / "manifest.json"
    content = json.loads(path.read_text())
    path.write_text(json.dumps({"feed": content["versions"][0]["feed"], "batches": content["batches"]}))
    assert lakes.read(settings) == lake
    assert [item.delivery.files for item in deliveries.read(lake.folder).versions] == [("orders.csv",)]
    after = run(settings, tmp_path, append=True, orders2=orders(OTHER))
    assert [version.number for version in after.history.versions] == [1, 2]


def test_a_batch_is_written_once_however_many_versions_have_it(settings: Settings, tmp_path: Path):
    run(settings, tmp_path, orders0=orders(GOOD))
    for number in range(1, 4):
        run(settings, tmp_path, append=True, **{f"orders{number}": orders(OTHER.replace("2", str(number + 1), 1))})
    content = json.loads((settings.data_dir / "lake" / "manifest.json").read_text())
    assert [len(version["batches"]) for version in content["versions"]] == [1, 2, 3, 4]
    assert len(content["batches"]) == 4


KILLED = """
import sys
from pathlib import Path
from dashapp.settings import Settings
from etl import load
from etl.progress import Silent
load.load("csv_folder", Path(sys.argv[1]), {}, Settings(keep_deliveries=1), Silent())
"""


@pytest.mark.parametrize("step", crash.LAKE_STEPS)
def test_a_load_killed_at_any_step_leaves_one_history_or_the_other(settings: Settings, tmp_path: Path, step: str):
    object.__setattr__(settings, "keep_deliveries", 1)
    run(settings, tmp_path, orders=orders(GOOD, BAD))
    shop = shop_folder(tmp_path, {"orders.csv": orders(OTHER, BAD, BAD)})
    told = {"TENURE_DATA_DIR": str(settings.data_dir), "TENURE_TEST_CRASH_AT": step}
    killed = subprocess.run([sys.executable, "-c", KILLED, str(shop)], cwd=ROOT, env=os.environ | told, check=False)
    assert killed.returncode == -9
    found = lakes.read(settings)
    is_new = step == "manifest_replaced"
    assert accepted(found, "order_id") == [("2" if is_new else "1",)]
    assert len(rejected(found)) == (2 if is_new else 1)
    after = run(settings, tmp_path, orders=orders(OTHER, OTHER, BAD))
    assert len(accepted(after)) == 2
    assert parts(settings) == {after.batches[0].batch_id}
    assert sorted(path.name for path in after.folder.iterdir()) == ["manifest.json", "order_lines", "raw"]
    assert [path.name for path in (after.folder / "raw").iterdir()] == [after.batches[0].file_sha256]
    assert len(list(after.quarantine.iterdir())) == 1
