"""A load as a whole: batches, the manifest, replacing, appending, and nothing changed when it fails."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from dashapp.errors import SourceError, TenureError
from etl import lake as lakes
from etl import load
from tests.etl.loading import (
    GOOD,
    NOW,
    Heard,
    accepted,
    load_orders,
    orders,
    rejected,
    settings_in,
    shop_folder,
    tree,
)


def run(tmp_path: Path, files: dict, append: bool = False, heard: Heard | None = None, options=None, **mapping):
    shop = shop_folder(tmp_path, files, **mapping)
    return load.load("csv_folder", shop, options or {}, settings_in(tmp_path), heard or Heard(), append=append, now=NOW)


def test_a_batch_record_accounts_for_every_line_and_amount(tmp_path: Path):
    batch = load_orders(tmp_path, orders(GOOD, "2,2024-13-01,c,1,7", "", GOOD)).batches[0]
    assert (batch.physical_lines, batch.header_lines, batch.blank_lines) == (5, 1, 1)
    assert (batch.accepted_lines, batch.rejected_lines, batch.reasons) == (2, 1, {"bad_date": 1})
    assert Decimal(batch.raw_amount) == 13
    assert (Decimal(batch.accepted_amount), Decimal(batch.rejected_amount)) == (6, 7)
    assert (batch.source, batch.entity, batch.file_name) == ("csv_folder", "order_lines", "orders.csv")
    assert batch.loaded_at == NOW.isoformat()


def test_a_batch_is_one_file_in_the_order_of_its_lines_and_every_row_names_it(tmp_path: Path):
    lake = load_orders(tmp_path, orders("1,2024-02-01,c,1,1", "2,2024-01-31,c,1,1"))
    batch_id = lake.batches[0].batch_id
    assert [path.parent.name for path in lake.files("order_lines")] == [batch_id]
    assert accepted(lake, "line_number, order_id") == [(2, "1"), (3, "2")]
    assert set(accepted(lake, "batch_id")) == {(batch_id,)}
    assert lake.files("customers") == []


def test_the_same_file_again_is_not_loaded_again(tmp_path: Path):
    run(tmp_path, {"orders.csv": orders(GOOD)})
    before = tree(settings_in(tmp_path).data_dir)
    shop = tmp_path / "shop"
    load.load("csv_folder", shop, {}, settings_in(tmp_path), Heard(), now=NOW + timedelta(days=3))
    assert tree(settings_in(tmp_path).data_dir) == before


def test_a_file_read_differently_is_another_batch(tmp_path: Path):
    first = load_orders(tmp_path, orders(GOOD))
    second = load_orders(tmp_path, orders(GOOD), fixed={"channel": "Web"})
    assert first.batches[0].batch_id != second.batches[0].batch_id
    assert accepted(second, "channel") == [("Web",)]


def test_a_delivery_takes_the_place_of_the_one_before(tmp_path: Path):
    run(tmp_path, {"orders.csv": orders(GOOD, "bad,,,,")})
    lake = run(tmp_path, {"orders.csv": orders("2,2024-01-01,c,1,1")})
    assert accepted(lake, "order_id") == [("2",)]
    assert rejected(lake) == []


def test_append_adds_and_a_corrected_file_replaces_itself(tmp_path: Path):
    run(tmp_path, {"orders1.csv": orders(GOOD)})
    (tmp_path / "shop" / "orders1.csv").unlink()
    lake = run(tmp_path, {"orders2.csv": orders("2,2024-01-01,c,1,1")}, append=True)
    assert sorted(accepted(lake, "order_id")) == [("1",), ("2",)]
    lake = run(tmp_path, {"orders2.csv": orders("3,2024-01-01,c,1,1")}, append=True)
    assert sorted(accepted(lake, "order_id")) == [("1",), ("3",)]


def test_appending_another_currency_is_refused(tmp_path: Path):
    run(tmp_path, {"orders.csv": orders(GOOD)})
    with pytest.raises(SourceError, match=r"What is loaded is in EUR, this delivery in USD\."):
        load.load("cdnow", None, {"sample": "true"}, settings_in(tmp_path), Heard(), append=True, now=NOW)


def test_without_a_source_the_last_feed_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    shop = shop_folder(tmp_path, {"orders.csv": orders(GOOD)})
    load.load("csv_folder", Path(shop.name), {}, settings_in(tmp_path), Heard(), now=NOW)
    (shop / "orders.csv").write_text(orders("2,2024-01-01,c,1,1"))
    monkeypatch.chdir("/")
    lake = load.load(None, None, {}, settings_in(tmp_path), Heard(), now=NOW)
    assert accepted(lake, "order_id") == [("2",)]
    assert lakes.read(settings_in(tmp_path)) == lake


def test_without_a_source_and_a_feed_one_is_asked_for(tmp_path: Path):
    with pytest.raises(SourceError, match="Nothing has been loaded yet"):
        load.load(None, None, {}, settings_in(tmp_path), Heard(), now=NOW)


def test_two_copies_of_a_file_count_once(tmp_path: Path):
    heard = Heard()
    lake = run(tmp_path, {"orders.csv": orders(GOOD), "orders copy.csv": orders(GOOD)}, heard=heard)
    assert len(accepted(lake)) == 1
    assert "byte for byte" in heard.notes[0]


def test_a_bad_second_file_leaves_everything_as_it_was(tmp_path: Path):
    run(tmp_path, {"orders1.csv": orders(GOOD)})
    before = tree(settings_in(tmp_path).data_dir)
    with pytest.raises(TenureError):
        run(tmp_path, {"orders1.csv": orders(GOOD, GOOD), "orders2.csv": "nonsense"})
    assert tree(settings_in(tmp_path).data_dir) == before


def test_what_a_killed_load_left_is_cleared_away(tmp_path: Path):
    lake = run(tmp_path, {"orders.csv": orders(GOOD)})
    orphan = lake.folder / "order_lines" / "0123456789abcdef"
    stale = lake.folder / ".load" / "spill"
    for folder in (orphan, stale):
        folder.mkdir(parents=True)
        (folder / "x").touch()
    run(tmp_path, {"orders.csv": orders(GOOD, GOOD)})
    assert not orphan.exists()
    assert not stale.exists()


def test_the_order_of_lines_does_not_change_the_totals(tmp_path: Path):
    lines = [f"{n},2024-01-{n:02d},c{n},{n},{n}.37" for n in range(1, 20)] + ["x,y,z,1,1", "a,b"]
    one = load_orders(tmp_path, orders(*lines)).batches[0]
    other = load_orders(tmp_path, orders(*reversed(lines))).batches[0]
    assert one.batch_id != other.batch_id
    assert (one.raw_amount, one.accepted_rows, one.reasons) == (other.raw_amount, other.accepted_rows, other.reasons)


def test_overlapping_files_count_a_repeated_line_once(tmp_path: Path):
    twice = "2,2024-01-02,c,1,5"
    files = {
        "orders1.csv": orders("1,2024-01-01,c,1,3", twice, twice),
        "orders2.csv": orders(twice, twice, twice, "3,2024-01-03,c,1,7"),
    }
    assert len(accepted(run(tmp_path, files))) == 7
    shop = shop_folder(tmp_path, files)
    mapping = shop / "mapping.yaml"
    mapping.write_text(mapping.read_text() + "count_once: true\n")
    heard = Heard()
    lake = load.load("csv_folder", shop, {}, settings_in(tmp_path), heard, now=NOW)
    assert sorted(accepted(lake, "order_id")) == [("1",), ("2",), ("2",), ("2",), ("3",)]
    assert rejected(lake) == [(2, "repeated_in_later_file"), (3, "repeated_in_later_file")]
    assert json.loads(rejected(lake, "raw_row")[0][0])["order"] == "2"
    assert heard.notes == ["2 lines of orders2.csv repeat an earlier file and count once."]
    assert [batch.left_out_rows for batch in lake.batches] == [0, 2], "a rule left them out; nothing is wrong with them"
