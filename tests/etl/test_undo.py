"""An import taken back: the marts are those before it, and the way back is open."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dashapp.errors import InputError, NotFound, QualityStop
from dashapp.settings import Settings
from dashapp.store import state
from dashapp.store.journal import Journal
from dashapp.store.publish import Warehouse
from etl import lake, pipeline
from etl.__main__ import app
from etl.progress import Silent
from etl.tables import all_tables
from etl.undo import undo
from tests.etl.conftest import NOW, Ask
from tests.etl.loading import accepted
from tests.etl.test_corrections import JANUARY, written
from tests.etl.test_pipeline import etl

FEBRUARY = ("o3,1,2024-01-03,cid,pen,9,5", "o4,1,2024-02-04,dan,cup,1,10", "o5,1,never,dan,cup,1,10")
Deliver = Callable[..., pipeline.Outcome]


@pytest.fixture
def deliver(settings: Settings, tmp_path: Path) -> Deliver:
    def run(name: str, *lines: str, append: bool = False) -> pipeline.Outcome:
        object.__setattr__(settings, "max_reject_share", 1.0)
        request = pipeline.Request("csv_folder", written(tmp_path / name, lines), append=append)
        return pipeline.refresh(request, settings, Silent(), lambda: NOW)

    return run


@pytest.fixture
def cli(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    def run(*arguments: str) -> Result:
        monkeypatch.setenv("TENURE_DATA_DIR", str(settings.data_dir))
        monkeypatch.setenv("TENURE_ACTOR", "user:bea")
        return CliRunner().invoke(app, arguments)

    return run


def marts(ask: Ask) -> dict[str, list[tuple]]:
    """Every published mart and the counts of rejects, row for row."""
    names = [table.name for table in all_tables() if table.published and table.name.startswith("marts.")]
    return {name: ask(f"select * from {name} order by all") for name in [*names, "quality.reject_counts"]}


def test_after_the_undo_of_an_append_the_marts_are_those_before_it(deliver: Deliver, settings: Settings, ask: Ask):
    deliver("january", *JANUARY)
    before = marts(ask)
    deliver("february", *FEBRUARY, append=True)
    assert marts(ask) != before
    done = undo(None, settings, Silent(), lambda: NOW)
    assert (done.left, done.version, done.outcome.published) == (2, 1, True)
    after = marts(ask)
    assert len(after["marts.order_lines"]) == 4
    assert after == before
    assert (settings.data_dir / "february" / "orders.csv").is_file()


def test_an_undo_can_be_undone_and_a_new_load_goes_on_from_there(deliver: Deliver, settings: Settings, ask: Ask):
    deliver("january", *JANUARY)
    deliver("february", *FEBRUARY, append=True)
    there = marts(ask)
    undo(None, settings, Silent(), lambda: NOW)
    assert undo(2, settings, Silent(), lambda: NOW).left == 1
    assert marts(ask) == there
    undo(1, settings, Silent(), lambda: NOW)
    deliver("march", "o6,1,2024-03-01,eva,cup,1,10", append=True)
    loaded = lake.read(settings)
    assert sorted(set(accepted(loaded, "order_id"))) == [("o1",), ("o2",), ("o3",), ("o6",)]
    made = [(version.number, version.delivery.before) for version in loaded.history.versions]
    assert made == [(1, None), (2, 1), (3, 1)]


def test_a_load_that_a_rule_stopped_is_undone_without_a_new_snapshot(deliver: Deliver, settings: Settings):
    first = deliver("january", *JANUARY)
    object.__setattr__(settings, "max_reject_share", 0.0)
    request = pipeline.Request("csv_folder", written(settings.data_dir / "february", FEBRUARY), append=True)
    with pytest.raises(QualityStop):
        pipeline.refresh(request, settings, Silent(), lambda: NOW)
    object.__setattr__(settings, "max_reject_share", 1.0)
    done = undo(None, settings, Silent(), lambda: NOW)
    assert (done.outcome.published, done.outcome.snapshot_id) == (False, first.snapshot_id)


def test_an_undo_that_a_rule_stops_changes_nothing_and_can_be_asked_for_again(deliver: Deliver, settings: Settings):
    deliver("january", *FEBRUARY)
    deliver("february", *JANUARY)
    object.__setattr__(settings, "max_reject_share", 0.0)
    with pytest.raises(QualityStop):
        undo(None, settings, Silent(), lambda: NOW)
    assert lake.read(settings).history.current == 2
    object.__setattr__(settings, "max_reject_share", 1.0)
    assert undo(None, settings, Silent(), lambda: NOW).version == 1
    assert lake.read(settings).history.current == 1


def test_an_undo_that_was_killed_after_publishing_is_finished_by_asking_again(deliver: Deliver, settings: Settings):
    deliver("january", *JANUARY)
    deliver("february", *FEBRUARY, append=True)
    killed = etl(settings, "undo", TENURE_TEST_CRASH_AT="after_pointer", TENURE_MAX_REJECT_SHARE="1")
    assert killed.returncode == -9
    assert lake.read(settings).history.current == 2
    done = undo(None, settings, Silent(), lambda: NOW)
    assert (done.version, done.outcome.published) == (1, False)
    assert lake.read(settings).history.current == 1


def test_what_cannot_be_undone_is_said(deliver: Deliver, settings: Settings):
    with pytest.raises(InputError, match="Nothing has been loaded yet"):
        undo(None, settings, Silent(), lambda: NOW)
    deliver("january", *JANUARY)
    with pytest.raises(InputError, match="The first load cannot be undone"):
        undo(None, settings, Silent(), lambda: NOW)
    assert not undo(1, settings, Silent(), lambda: NOW).outcome.published
    with pytest.raises(NotFound, match="Version 7 of the data is not kept"):
        undo(7, settings, Silent(), lambda: NOW)


def test_the_commands_list_undo_and_leave_an_entry(deliver: Deliver, settings: Settings, cli: Callable[..., Result]):
    deliver("january", *JANUARY)
    deliver("february", *FEBRUARY, append=True)
    done = cli("undo", "--json")
    said = json.loads(done.stdout.splitlines()[-1])
    assert (said["event"], said["left"], said["version"], said["published"]) == ("done", 2, 1, True)
    listed = [json.loads(line) for line in cli("deliveries", "--json").stdout.splitlines()]
    assert [(item["number"], item["manner"], item["current"]) for item in listed] == [
        (1, "world", True), (2, "append", False),
    ]  # fmt: skip
    assert listed[1]["files"] == ["orders.csv"]
    assert [line[:4] for line in cli("deliveries").stdout.splitlines()] == ["* 1 ", "    ", "  2 "]
    refused = cli("undo")
    assert refused.exit_code == 2
    assert "The first load cannot be undone" in refused.stderr
    engine = state.open(settings)
    entry = Journal.open(settings, engine).recent(1)[0]
    engine.dispose()
    assert (entry.event, entry.actor, entry.target) == ("delivery:undone", "user:bea", "version:2")
    assert entry.detail["to"] == 1
    assert len(Warehouse(settings.data_dir / "warehouse").history()) == 3


def test_what_was_loaded_in_the_meantime_is_not_taken_back_with_an_import(deliver: Deliver, settings: Settings):
    deliver("january", *JANUARY)
    deliver("february", *FEBRUARY, append=True)
    with pytest.raises(InputError, match="Version 2 of the data is in force, no longer 1"):
        undo(1, settings, Silent(), lambda: NOW, leaving=1)
    assert lake.read(settings).history.current == 2
    assert undo(1, settings, Silent(), lambda: NOW, leaving=2).version == 1


def test_a_refresh_says_which_version_of_the_data_it_made(
    cli: Callable[..., Result], settings: Settings, tmp_path: Path
):
    folder = written(tmp_path / "january", JANUARY)
    told = json.loads(cli("refresh", "--source=csv_folder", f"--path={folder}", "--json").stdout.splitlines()[-1])
    assert (told["event"], told["version"]) == ("done", lake.read(settings).history.current)
