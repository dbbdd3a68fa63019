from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import duckdb
import pandas as pd
import pytest
from threadpoolctl import threadpool_info
from typer.testing import CliRunner, Result

from dashapp.services.job_kinds.refresh import STEPS
from dashapp.settings import Settings
from dashapp.store import state
from dashapp.store.journal import Journal
from dashapp.store.publish import Warehouse
from dashapp.store.snapshot import Snapshots, connect
from etl import crash, mend, pipeline
from etl.__main__ import app
from etl.progress import Silent
from etl.sources.cdnow import package_file
from tests.conftest import ROOT
from tests.etl.conftest import NOW, Ask, Refresh, order_lines

LINES = order_lines(
    ("o1", "2024-01-01 09:00", "ann", "cup", 2, 10),
    ("o2", "2024-02-01 09:00", "ben", "pen", 1, 5),
)
Cli = Callable[..., Result]
SMALL = ("refresh", "--source", "sample", "--option", "customers=60", "--option", "months=12")


def etl(settings: Settings, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m etl` as an operator would."""
    return subprocess.run([sys.executable, "-m", "etl", *arguments], **_process(settings, environment), check=False)


def _process(settings: Settings, environment: dict[str, str]) -> dict:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("TENURE_")}
    given = inherited | {"TENURE_DATA_DIR": str(settings.data_dir)} | environment
    return {"cwd": ROOT, "env": given, "text": True, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}


@pytest.fixture
def cli(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """The same inside this process: no second for the imports."""

    def run(*arguments: str, **environment: str) -> Result:
        with monkeypatch.context() as patch:
            for name, value in ({"TENURE_DATA_DIR": str(settings.data_dir)} | environment).items():
                patch.setenv(name, value)
            return CliRunner().invoke(app, arguments)

    return run


def test_a_second_refresh_of_the_same_files_does_nothing(refresh: Refresh, settings: Settings):
    first = refresh(order_lines=LINES)
    again = refresh(order_lines=LINES)
    assert first.published
    assert not again.published
    assert again.snapshot_id == first.snapshot_id
    assert len(Warehouse(settings.data_dir / "warehouse").history()) == 1
    assert refresh(force=True, order_lines=LINES).published


def test_a_setting_that_shapes_the_content_makes_a_new_snapshot(refresh: Refresh, settings: Settings, ask: Ask):
    refresh(order_lines=LINES)
    object.__setattr__(settings, "horizon_days", 90)
    assert refresh(order_lines=LINES).published
    assert ask("select horizon_days from meta.snapshot") == [(90,)]


def test_a_changed_line_makes_a_new_snapshot(refresh: Refresh, ask: Ask):
    refresh(order_lines=LINES)
    assert refresh(order_lines=LINES.assign(quantity=[3, 1])).published
    assert ask("select seq from meta.snapshot") == [(2,)]
    assert ask("select sum(amount) from marts.order_lines")[0][0] == 35


def test_nothing_but_the_snapshot_and_what_the_next_refresh_may_mend_is_left_behind(
    refresh: Refresh, settings: Settings
):
    kept = mend.place(Warehouse(settings.data_dir / "warehouse"), refresh(order_lines=LINES).entry)
    assert {path.name for path in (settings.data_dir / "warehouse").iterdir()} == {
        ".lock", "CURRENT", "manifest.json", "tenure-000001.duckdb", kept.name,
    }  # fmt: skip


def test_equal_deliveries_give_equal_tables(refresh: Refresh, settings: Settings, ask: Ask):
    tables = [f"marts.{name}" for name in ("customers", "customer_days", "order_lines", "products", "customer_months")]
    refresh(order_lines=LINES)
    first = [ask(f"select * from {table}") for table in tables]
    refresh(order_lines=LINES, force=True)
    assert [ask(f"select * from {table}") for table in tables] == first


def test_snapshots_beyond_the_kept_number_are_removed(refresh: Refresh, settings: Settings):
    object.__setattr__(settings, "keep_snapshots", 2)
    for _ in range(4):
        refresh(force=True, order_lines=LINES)
    assert [entry.seq for entry in Warehouse(settings.data_dir / "warehouse").history()] == [3, 4]


def test_casts_over_raw_text_lose_no_row(tmp_path: Path, settings: Settings):
    """DuckDB 2.0.0 pushes TRY_CAST into the scan and then raises on dirty cells; our connections switch that off."""
    from datetime import datetime

    from etl import lake
    from etl.work import Policy, working

    dirty = tmp_path / "dirty.csv"
    dirty.write_text("n\n1\nx\n3\n")
    sql = f"select try_cast(n as integer) as n from read_csv('{dirty}', all_varchar=true)"
    policy = Policy(datetime(2026, 1, 1), 0.1, (), False)  # noqa: DTZ001  UTC without zone
    with working(tmp_path / "w.duckdb", lake.read(settings), policy, settings) as connection:
        assert connection.execute(sql).fetchall() == [(1,), (None,), (3,)]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory after one refresh, to be copied."""
    folder = tmp_path_factory.mktemp("published")
    assert etl(Settings(data_dir=folder), *SMALL).returncode == 0
    return folder


@pytest.mark.parametrize("step", crash.STEPS)
def test_killed_at_any_step_readers_see_old_or_new_and_the_next_refresh_succeeds(
    settings: Settings, published: Path, step: str
):
    shutil.copytree(published, settings.data_dir, dirs_exist_ok=True)
    killed = etl(settings, *SMALL, "--option", "seed=2", TENURE_TEST_CRASH_AT=step)
    assert killed.returncode == -9
    seen = Snapshots(settings).current()
    assert seen.seq == (2 if step in ("after_pointer", "recorded") else 1)
    assert len(seen.base()) > 0
    recovered = etl(settings, *SMALL, "--option", "seed=2")
    assert recovered.returncode == 0, recovered.stderr
    history = Warehouse(settings.data_dir / "warehouse").history()
    names = {path.name for path in (settings.data_dir / "warehouse").iterdir()}
    assert {name for name in names if not name.startswith(mend.KEPT)} == {
        ".lock", "CURRENT", "manifest.json", *(entry.file for entry in history),
    }  # fmt: skip
    assert len(names) <= len(history) + 4
    assert not list((settings.data_dir / "lake").glob(".*"))
    assert Snapshots(settings).current().seq == 2


def test_of_two_refreshes_at_once_one_runs_and_the_other_says_who(settings: Settings):
    big = [sys.executable, "-m", "etl", "refresh", "--source", "sample", "--option", "customers=1500"]
    racers = [
        subprocess.Popen(big, **_process(settings, {"TENURE_ACTOR": f"user:{name}"})) for name in ("anna", "bert")
    ]
    errors = [racer.communicate()[1] for racer in racers]
    assert sorted(racer.returncode for racer in racers) == [0, 75]
    loser = [racer.returncode for racer in racers].index(75)
    assert ("user:anna", "user:bert")[1 - loser] in errors[loser]
    assert "Traceback" not in errors[loser]
    assert len(Warehouse(settings.data_dir / "warehouse").history()) == 1


def test_the_command_line_from_plan_to_rollback(settings: Settings, cli: Cli):
    planned = cli("plan", "--source", "sample", "--option", "customers=60")
    assert "publish a new snapshot" in planned.stdout
    assert not (settings.data_dir / "warehouse" / "CURRENT").exists()
    refreshed = cli(*SMALL, "--json")
    events = [json.loads(line) for line in refreshed.stdout.splitlines()]
    assert {event["step"] for event in events if event["event"] == "step"} == {
        "load", "transform", "check", "score", "products", "publish",
    }  # fmt: skip
    assert events[-1]["event"] == "done"
    assert events[-1]["snapshot_id"].startswith("000001-")
    assert [step["name"] for step in events[-1]["run"]["steps"]] == list(STEPS)
    assert cli(*SMALL, "--force", TENURE_ACTOR="user:bea").exit_code == 0
    listed = cli("list").stdout.splitlines()
    assert [line[0] for line in listed] == [" ", "*"]
    assert "user:bea" in listed[1]
    assert "000001-" in cli("rollback").stdout
    assert cli("list").stdout.splitlines()[0].startswith("*")
    engine = state.open(settings)
    journal = Journal.open(settings, engine)
    entries = [(entry.event, entry.actor, entry.target[:7]) for entry in journal.recent(10)]
    engine.dispose()
    assert ("snapshot:published", "user:bea", "000002-") in entries
    assert "snapshot:rolled_back" in {event for event, _, _ in entries}
    assert journal.verify().holds
    assert cli("check").exit_code == 0
    assert cli("check", TENURE_MAX_REJECT_SHARE="0").exit_code == 3


def test_an_expected_error_is_a_sentence_a_hint_and_an_exit_code(settings: Settings, cli: Cli):
    wrong = cli("refresh", "--source", "nonsense", "--json")
    assert wrong.exit_code == 2
    assert "Traceback" not in wrong.stderr
    last = json.loads(wrong.stdout.splitlines()[-1])
    assert (last["event"], last["error"]) == ("error", "SourceError")
    assert last["hint"]


def test_the_sample_is_written_as_equal_files_for_equal_seeds(cli: Cli, tmp_path: Path):
    for folder in ("one", "two"):
        assert cli("sample", "--customers", "30", "--months", "6", "--out", str(tmp_path / folder)).exit_code == 0
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert "orders.csv" in names
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")
def test_cdnow_has_the_summary_that_lifetimes_computes(settings: Settings):
    # lifetimes sets an option that pandas 3 has deprecated, at import.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from lifetimes.utils import summary_data_from_transaction_data

    request = pipeline.Request("cdnow", options={"sample": "true"})
    pipeline.refresh(request, settings, Silent(), lambda: NOW)
    with package_file("CDNOW_sample.txt").open() as lines:
        rows = [line.split() for line in lines]
    rows = [(fields[0], pd.Timestamp(fields[-3]), float(fields[-1])) for fields in rows if fields[0] != "customer_id"]
    frame = pd.DataFrame(rows, columns=["customer_id", "date", "value"])
    expected = summary_data_from_transaction_data(
        frame, "customer_id", "date", "value", observation_period_end="1998-06-30"
    )
    warehouse = Warehouse(settings.data_dir / "warehouse")
    with connect(warehouse.folder / warehouse.current().file, settings) as snapshot:
        ours = snapshot.execute(
            """select customer_id, frequency, recency_days as recency, T_days as "T", monetary_value
               from marts.customers order by customer_id"""
        ).df()
    assert len(expected) == 2357
    pd.testing.assert_frame_equal(
        ours.set_index("customer_id"), expected.sort_index(), check_dtype=False, check_index_type=False, rtol=1e-9
    )


def test_online_retail_counts_every_line_and_every_customer(settings: Settings, shared_data: Path):
    request = ("refresh", "--source", "online_retail", "--path", str(shared_data / "online_retail"))
    done = etl(settings, *request)
    assert done.returncode == 0, done.stderr
    warehouse = Warehouse(settings.data_dir / "warehouse")
    with duckdb.connect(str(warehouse.folder / warehouse.current().file), read_only=True) as snapshot:
        counts = snapshot.execute(
            """select
                (select count(*) from marts.order_lines), (select sum(amount) from marts.order_lines),
                (select count(clv) from marts.customers) + (select count(*) from quality.unscored_customers),
                (select offending_rows from quality.check_results where check_id = 'duplicate_lines')"""
        ).fetchall()[0]
    assert (counts[0], float(counts[1]), counts[2], counts[3]) == (541_909, 9_747_747.93, 4_372, 5_268)
    assert "Nothing to do" in etl(settings, *request).stdout


def test_products_of_matrices_are_added_up_in_one_order(settings: Settings):
    class Watching(Silent):
        threads: ClassVar[set[int]] = set()

        def step(self, name: str, fraction: float, message: str = "") -> None:
            found = threadpool_info()
            self.threads.update(library["num_threads"] for library in found if library["user_api"] == "blas")

    request = pipeline.Request("sample", options={"customers": "150"})
    pipeline.refresh(request, settings, Watching(), lambda: NOW)
    assert Watching.threads == {1}
