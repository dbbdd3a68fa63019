"""Files as delivered: kept under their hash, and gone with the last version that names them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from dashapp.errors import SourceError
from dashapp.settings import Settings
from etl import load, rawfiles, scan, typed
from etl.lake import Lake
from etl.source import DeliveredFile
from tests.etl.loading import COLUMNS, GOOD, NOW, Heard, load_orders, orders, settings_in, shop_folder, tree


def raw(lake: Lake) -> dict[str, bytes]:
    return tree(rawfiles.folder(lake.folder))


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_file_and_what_it_looks_up_in_are_kept_byte_for_byte(tmp_path: Path):
    items, lines = "code,cost\ncup,2\n", "order,date,customer,item,qty,price\n1,2024-05-06,c1,cup,2,1.50\n"
    columns = COLUMNS | {"product_id": "item", "unit_cost": "cost"}
    second = {"file": "items.csv", "by": {"item": "code"}, "columns": ["cost"]}
    shop = shop_folder(tmp_path, {"orders.csv": lines, "items.csv": items}, columns=columns, lookups=[second])
    settings = settings_in(tmp_path)
    lake = load.load("csv_folder", shop, {}, settings, Heard(), now=NOW)
    assert raw(lake) == {digest(lines): lines.encode(), digest(items): items.encode()}
    found = {file.file_name: file for file in rawfiles.originals(lake.folder, lake.batches)}
    assert found["items.csv"].path == lake.folder / "raw" / digest(items)
    assert found["orders.csv"].size_bytes == len(lines)


def test_a_raw_file_goes_with_the_last_version_that_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TENURE_KEEP_DELIVERIES", "2")
    files = [orders(*[GOOD] * copies) for copies in (1, 2, 3)]
    seen = [set(raw(load_orders(tmp_path, text))) for text in files]
    first, second, third = (digest(text) for text in files)
    assert seen == [{first}, {first, second}, {second, third}]


def test_no_file_is_kept_where_that_is_not_wanted_or_it_is_an_example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    sample = load.load("cdnow", None, {"sample": "true"}, Settings(data_dir=tmp_path / "other"), Heard(), now=NOW)
    monkeypatch.setenv("TENURE_KEEP_RAW_FILES", "false")
    lake = load_orders(tmp_path, orders(GOOD))
    assert raw(lake) == raw(sample) == {}
    assert [file.path for file in rawfiles.originals(lake.folder, lake.batches)] == [None]


def test_a_file_that_changed_since_it_was_read_is_refused(tmp_path: Path):
    (tmp_path / "orders.csv").write_text("changed")
    with pytest.raises(SourceError, match=r"orders.csv changed while it was read"):
        rawfiles.keep(tmp_path, {digest("as read"): tmp_path / "orders.csv"}, {})
    assert raw(Lake(tmp_path, tmp_path)) == {}


def test_one_reading_hashes_copies_and_scans_every_byte(tmp_path: Path):
    path, copy = tmp_path / "orders.csv", tmp_path / "copy"
    path.write_bytes(b"a,b\n" * scan.CHUNK + b"end")
    seen = scan.see(path, copy)
    assert copy.read_bytes() == path.read_bytes()
    assert seen.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (seen.path, seen.scan.physical_lines) == (copy, scan.CHUNK + 1)


def test_a_copy_that_cannot_be_written_ends_the_reading(tmp_path: Path):
    (tmp_path / "orders.csv").write_bytes(b"a,b\n" * 100_000)
    with pytest.raises(OSError, match="No space left"):
        scan.see(tmp_path / "orders.csv", Path("/dev/full"))


def test_a_file_of_a_size_that_is_kept_already_is_not_copied_before_it_is_known(tmp_path: Path):
    load_orders(tmp_path, orders(GOOD))
    lake = load.lake.read(settings_in(tmp_path)).folder
    for text, copied in ((orders(GOOD), False), (orders(GOOD, GOOD), True)):
        (tmp_path / "again.csv").write_text(text)
        file = rawfiles.seen(DeliveredFile("order_lines", tmp_path / "again.csv", {}), lake, tmp_path / "copy")
        assert (tmp_path / "copy").exists() == bool(rawfiles.copies(file)) == copied


def test_another_file_of_the_same_size_is_kept_too(tmp_path: Path):
    first, second = orders(GOOD), orders(GOOD.replace("c1", "c2"))
    load_orders(tmp_path, first)
    assert raw(load_orders(tmp_path, second))[digest(second)] == second.encode()


def rewritten(path: Path) -> None:
    path.write_text(orders(GOOD.replace("c1", "c2")))
    os.utime(path, ns=(0, 0))


@pytest.mark.parametrize("change", [rewritten, Path.unlink])
@pytest.mark.parametrize("kept", ["true", "false"])
def test_a_file_that_changes_while_it_is_typed_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], None], kept: str
):
    monkeypatch.setenv("TENURE_KEEP_RAW_FILES", kept)
    build = typed.build

    def changed_meanwhile(*args, **options):
        build(*args, **options)
        change(tmp_path / "shop" / "orders.csv")

    monkeypatch.setattr(typed, "build", changed_meanwhile)
    with pytest.raises(SourceError, match=r"orders.csv changed while it was read"):
        load_orders(tmp_path, orders(GOOD))
    assert load.lake.read(settings_in(tmp_path)).batches == ()
