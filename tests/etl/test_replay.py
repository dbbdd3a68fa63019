"""Rejected rows read again: what counts then, what stays rejected, and books that hold throughout."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from typer.testing import CliRunner

from dashapp.errors import InputError, MappingError, NotFound, ReconciliationError, SourceError
from dashapp.settings import Settings
from dashapp.store import state
from dashapp.store.journal import Journal
from etl import lake, load, open_rejects, pipeline, quarantine
from etl.__main__ import app
from etl.entities import ENTITIES
from etl.lake import Batch, Lake
from etl.progress import Silent
from etl.reasons import REASONS
from etl.replay import Replayed, replay
from etl.undo import undo
from tests.etl.conftest import NOW, Ask
from tests.etl.loading import COLUMNS, GOOD, Heard, accepted, adds_up, orders, settings_in, shop_folder, tree
from tests.etl.test_reconcile import lose

HEADER = "order,date,customer,item,qty,price"
MAPPED = {**COLUMNS, "product_id": "item"}
LINES = (
    "o1,2024-01-01,ann,cup,2,10",
    'o1,2024-01-01,ann,"fine\nvase",1,"1,250.00"',  # lines 3 and 4 of the file
    "o2,2024-01-02,ben,cup,1,10",
    "o3,23.01.2024,cid,pen,3,5",
    "o4,2024-01-04,dan,pen",
)
Replay = Callable[..., Replayed]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, max_reject_share=1.0)


@pytest.fixture
def deliver(settings: Settings, tmp_path: Path) -> Callable[..., pipeline.Outcome]:
    def run(*lines: str, name: str = "orders", append: bool = False) -> pipeline.Outcome:
        folder = tmp_path / "shop"
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.csv").write_text("\n".join([HEADER, *lines, ""]))
        mapping(folder / "mapping.yaml", files=f"{name}.csv")
        request = pipeline.Request("csv_folder", folder, append=append)
        return pipeline.refresh(request, settings, Silent(), lambda: NOW)

    return run


def mapping(path: Path, **reading: Any) -> Path:
    part = {"files": "orders.csv", "columns": MAPPED} | reading
    content = {"shop": {"name": "Test", "currency": "EUR"}, "entities": {"order_lines": part}}
    path.write_text(yaml.safe_dump(content))
    return path


@pytest.fixture
def again(settings: Settings, tmp_path: Path) -> Replay:
    """Replay the first batch under a mapping with the given reading."""

    def run(heard: Heard | None = None, **reading: Any) -> Replayed:
        place = mapping(tmp_path / "corrected.yaml", **reading)
        return replay(first(settings).batch_id, str(place), settings, heard or Heard(), lambda: NOW)

    return run


def first(settings: Settings) -> Batch:
    return lake.read(settings).batches[0]


def test_rows_a_corrected_mapping_reads_count_and_the_books_hold(deliver, again: Replay, settings: Settings, ask: Ask):
    deliver(*LINES)
    (settings.data_dir / "shop" / "orders.csv").unlink()
    before, heard = first(settings), Heard()
    done = again(heard, thousands=",")
    assert (done.accepted, done.rejected, done.outcome.published) == (1, 2, True)
    loaded = lake.read(settings)
    batch, replayed = loaded.batches
    assert batch == before
    assert adds_up(replayed)
    assert (replayed.replays, replayed.physical_lines, replayed.accepted_rows) == (batch.batch_id, 2, 1)
    assert accepted(loaded, "order_id, line_number, unit_price", order="line_number")[1] == ("o1", 3, 1250)
    assert ask("select order_id, sum(amount) from marts.order_lines group by 1 order by 1") == [
        ("o1", 1270),
        ("o2", 10),
    ]
    assert ask("select reason, lines from quality.reject_counts order by 1") == [
        ("bad_date", 1),
        ("wrong_field_count", 1),
    ]
    assert ask("select line_number from quality.rejects order by 1") == [(6,), (7,)]
    assert ask("select rejected_rows, replayed_rows, replays from meta.batches order by replays") == [
        (3, 1, ""), (0, 0, batch.batch_id),
    ]  # fmt: skip
    assert ask("select offending_rows, amount from quality.check_results where check_id = 'rejected_lines'") == [
        (1, 15)
    ]
    assert done.outcome.counts["rejected_lines"] == 2
    assert heard.notes[0] == "Usable now: 1 of 2 rejected rows of orders.csv."
    assert "cannot be replayed; correct them in the file" in heard.notes[1]


def test_dates_are_read_as_their_file_was_unless_the_mapping_says_otherwise(
    deliver, again: Replay, settings: Settings, ask: Ask
):
    """The one date left over would fit another format: that it was rejected is no reason to guess."""
    deliver(*LINES)
    assert again().accepted == 0
    assert again(date_format="%d.%m.%Y").accepted == 1
    assert ask("select cast(order_date as varchar) from marts.order_lines where order_id = 'o3'") == [("2024-01-23",)]
    assert again(thousands=",").accepted == 1
    last = again(thousands=",", date_format="%d.%m.%Y")
    assert (last.accepted, last.rejected, last.outcome.published) == (0, 1, False)


def test_the_same_replay_twice_changes_nothing(deliver, again: Replay, settings: Settings):
    deliver(*LINES)
    again(thousands=",")
    before = tree(settings.data_dir / "lake")
    done = again(thousands=",")
    assert (done.accepted, done.rejected, done.outcome.published) == (0, 2, False)
    assert tree(settings.data_dir / "lake") == before


def test_an_amount_lost_on_the_way_fails_the_replay_and_changes_nothing(
    deliver, again: Replay, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    deliver(*LINES)
    before = tree(settings.data_dir / "lake")
    damage = "UPDATE typed_rows SET unit_price = 8 WHERE unit_price = 1250"
    monkeypatch.setattr(quarantine, "write_accepted", lose(quarantine, "write_accepted", damage))
    with pytest.raises(ReconciliationError, match="money"):
        again(thousands=",")
    assert tree(settings.data_dir / "lake") == before


def test_replayed_rows_stay_with_their_file_and_go_with_it(deliver, again: Replay, settings: Settings, ask: Ask):
    deliver(*LINES)
    again(thousands=",")
    old = first(settings)
    deliver("o9,2024-02-01,eva,cup,1,10", name="later", append=True)
    pipeline.refresh(pipeline.Request(), settings, Silent(), lambda: NOW)
    assert [batch.replays for batch in lake.read(settings).batches] == ["", old.batch_id, ""]
    deliver("o1,2024-01-01,ann,cup,5,10", name="correction", append=True)
    assert ask("select sum(amount) from marts.order_lines where order_id = 'o1'") == [(50,)]
    deliver(*LINES[:-1], append=True)
    assert not [batch for batch in lake.read(settings).batches if batch.replays]
    with pytest.raises(SourceError, match=r"orders.csv .* is no longer part of the data"):
        replay(old.batch_id, "corrected.yaml", settings, Silent(), lambda: NOW)


def test_a_replay_can_be_undone_and_done_again(deliver, again: Replay, settings: Settings, ask: Ask):
    deliver(*LINES)
    again(thousands=",")
    files = tree(settings.data_dir / "lake" / "order_lines")
    undo(None, settings, Silent(), lambda: NOW)
    assert ask("select sum(lines) from quality.reject_counts") == [(3,)]
    assert again(thousands=",").accepted == 1
    assert tree(settings.data_dir / "lake" / "order_lines") == files
    assert lake.read(settings).history.current == 3


def test_what_cannot_be_replayed_is_said(deliver, again: Replay, settings: Settings, tmp_path: Path):
    deliver(LINES[0], LINES[-1])
    batch = first(settings).batch_id
    with pytest.raises(SourceError, match=r"rejected rows of orders.csv cannot be replayed: their structure is broken"):
        again()
    with pytest.raises(NotFound, match="There is no batch 'abc'"):
        replay("abc", "corrected.yaml", settings, Silent(), lambda: NOW)
    with pytest.raises(MappingError, match="There is no mapping 'nowhere'"):
        replay(batch, "nowhere", settings, Silent(), lambda: NOW)
    deliver(LINES[0])
    with pytest.raises(InputError, match=r"No row of orders.csv .* was rejected"):
        again()


def test_the_command_finds_a_kept_mapping_and_leaves_an_entry(deliver, settings: Settings, monkeypatch):
    deliver(*LINES)
    (settings.data_dir / "mappings").mkdir(exist_ok=True)
    mapping(settings.data_dir / "mappings" / "comma.yaml", thousands=",", files="*.csv")
    for name, value in {"DATA_DIR": str(settings.data_dir), "ACTOR": "user:bea", "MAX_REJECT_SHARE": "1"}.items():
        monkeypatch.setenv(f"TENURE_{name}", value)
    done = CliRunner().invoke(app, ["replay", first(settings).batch_id, "--mapping", "comma", "--json"])
    said = json.loads(done.stdout.splitlines()[-1])
    assert (said["event"], said["accepted"], said["rejected"], said["published"]) == ("done", 1, 2, True)
    engine = state.open(settings)
    entry = Journal.open(settings, engine).recent(1)[0]
    engine.dispose()
    assert (entry.event, entry.actor) == ("delivery:replayed", "user:bea")


def opened(loaded: Lake) -> open_rejects.Rejects:
    with duckdb.connect() as connection:
        return open_rejects.still_rejected(connection, loaded, loaded.batches[-1])


def test_what_is_no_fault_of_a_value_is_broken_structure():
    """A new reason must be one or the other: a line without columns cannot be read under another mapping."""
    columns = [column for entity in ENTITIES.values() for column in entity.columns]
    of_values = {code for column in columns for code in (column.missing, column.bad)} | {
        "scientific_id",
        "future_date",
        "too_much_money",
    }
    assert set(REASONS) - of_values - {open_rejects.REPEATED} == set(open_rejects.BROKEN)


def test_a_line_that_repeats_an_earlier_file_is_never_replayed(tmp_path: Path):
    files = {"orders1.csv": orders(GOOD), "orders2.csv": orders(GOOD, "2,2024-01-01,c,x,1")}
    shop = shop_folder(tmp_path, files)
    (shop / "mapping.yaml").write_text((shop / "mapping.yaml").read_text() + "count_once: true\n")
    found = opened(load.load("csv_folder", shop, {}, settings_in(tmp_path), Heard(), now=NOW))
    assert (found.open, found.broken, found.repeated) == (1, 0, 1)


def test_values_looked_up_in_a_corrected_second_file_are_read_anew(
    deliver, settings: Settings, tmp_path: Path, ask: Ask
):
    second = {"file": "items.csv", "by": {"item": "code"}, "columns": ["list"]}
    reading = {"columns": MAPPED | {"unit_price": "list"}, "lookups": [second]}
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "items.csv").write_text("code,list\ncup,4\n")
    (folder / "orders.csv").write_text("\n".join([HEADER, LINES[0], "o2,2024-01-02,ben,pen,1,10", ""]))
    place = mapping(folder / "mapping.yaml", **reading)
    pipeline.refresh(pipeline.Request("csv_folder", folder), settings, Silent(), lambda: NOW)
    (folder / "items.csv").write_text("code,list\ncup,4\npen,7\n")
    assert replay(first(settings).batch_id, str(place), settings, Silent(), lambda: NOW).accepted == 1
    assert ask("select unit_price from marts.order_lines where order_id = 'o2'") == [(Decimal(7),)]
