"""What lies on the disk, counted by hand on a few files of known size."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dashapp.__main__ import build
from dashapp.errors import SnapshotDamaged
from dashapp.settings import Settings
from dashapp.store.storage import Usage, usage


def sized(path: Path, size: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)
    return path


def delivery(number: int, before: int | None, *batches: int) -> dict:
    made = {"number": number, "before": before, "made_at": "", "actor": "", "manner": "append", "source": "s"}
    made |= {"files": ["a.csv"], "accepted_rows": 1, "rejected_rows": 1}
    return {"delivery": made, "feed": {}, "batches": list(batches)}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Two versions: the first of batch b0, the second of b1 and b2; b0 and b1 come from one file."""
    records = [{"entity": "order_lines", "batch_id": f"b{n}", "file_sha256": f"f{n // 2}"} for n in range(3)]
    content = {"current": 2, "versions": [delivery(1, None, 0), delivery(2, 1, 1, 2)], "batches": records}
    sized(tmp_path / "lake" / "manifest.json", 0).write_text(json.dumps(content))
    for number, size in enumerate((100, 20, 3)):
        sized(tmp_path / "lake" / "order_lines" / f"b{number}" / "month=2024-01" / "data_0.parquet", size)
        sized(tmp_path / "quarantine" / f"b{number}.parquet", size * 2)
    sized(tmp_path / "lake" / "raw" / "f0", 1000)
    sized(tmp_path / "lake" / "raw" / "f1", 500)
    sized(tmp_path / "inbox" / "today" / "orders.csv", 70)
    return Settings(data_dir=tmp_path, keep_deliveries=2)


def found(settings: Settings) -> dict[str, Usage]:
    return {item.name: item for item in usage(settings)}


def test_sizes_and_what_goes_with_the_next_delivery(settings: Settings):
    seen = found(settings)
    manifest = (settings.data_dir / "lake" / "manifest.json").stat().st_size
    assert (seen["lake"].size_bytes, seen["lake"].removable_bytes, seen["lake"].count) == (manifest + 123, 100, 2)
    assert (seen["quarantine"].size_bytes, seen["quarantine"].removable_bytes) == (246, 200)
    assert "removes version 1." in seen["lake"].retention
    assert (seen["inbox"].size_bytes, seen["inbox"].files) == (70, 1)


def test_a_file_that_a_staying_version_names_stays(settings: Settings):
    raw = found(settings)["raw"]
    assert (raw.size_bytes, raw.removable_bytes, raw.count) == (1500, 0, 2)


def test_nothing_goes_where_more_versions_are_kept(settings: Settings):
    lake = found(settings.model_copy(update={"keep_deliveries": 3}))["lake"]
    assert lake.removable_bytes == 0
    assert "the next delivery removes none" in lake.retention


def test_snapshots_beyond_the_kept_number_are_counted(settings: Settings, tmp_path: Path):
    entry = {
        "sha256": "",
        "published_at": "",
        "source": "s",
        "batches": 1,
        "customers": 1,
        "build_key": "",
        "actor": "",
    }
    entries = [entry | {"seq": n, "snapshot_id": f"00000{n}-a", "file": f"{n}.duckdb"} for n in (1, 2, 3)]
    sized(tmp_path / "warehouse" / "manifest.json", 0).write_text(json.dumps({"published": entries}))
    for n in (1, 2, 3):
        sized(tmp_path / "warehouse" / f"{n}.duckdb", 10**n)
    warehouse = found(settings.model_copy(update={"keep_snapshots": 2}))["warehouse"]
    assert (warehouse.count, warehouse.removable_bytes) == (3, 110)


def test_an_empty_installation_takes_nothing_and_makes_nothing(tmp_path: Path):
    assert {item.size_bytes for item in usage(Settings(data_dir=tmp_path / "none"))} == {0}
    assert not (tmp_path / "none").exists()


def test_a_damaged_manifest_is_said(settings: Settings):
    (settings.data_dir / "lake" / "manifest.json").write_text("{")
    with pytest.raises(SnapshotDamaged, match=r"manifest.json cannot be read"):
        usage(settings)


def test_the_command_shows_the_same(settings: Settings, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TENURE_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("TENURE_KEEP_DELIVERIES", "2")
    said = json.loads(CliRunner().invoke(build(), ["storage", "--json"]).output)
    assert {item["name"]: item["size_bytes"] for item in said["usage"]}["raw"] == 1500
    assert said["free_bytes"] > 0
    shown = CliRunner().invoke(build(), ["storage"]).output
    assert "the next delivery removes version 1." in shown


@pytest.mark.parametrize(
    ("count", "noun", "words"),
    [
        (0, "files", "0 files"),
        (1, "files", "1 file"),
        (1, "batches with rejects", "1 batch with rejects"),
        (1, "versions of the data", "1 version of the data"),
        (1204, "snapshots", "1,204 snapshots"),
    ],
)
def test_one_of_a_thing_is_said_in_the_singular(count: int, noun: str, words: str):
    assert Usage("inbox", "Uploads", 0, 0, count, noun, 0, "").holds == words
