from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest
from structlog.testing import capture_logs

from dashapp.domain.filters import Filters
from dashapp.errors import FilterError, NoSnapshot, NotFound, QueryTimeout, SnapshotDamaged, SnapshotOutdated
from dashapp.settings import Settings
from dashapp.store import metrics, query
from dashapp.store import snapshot as door
from dashapp.store.publish import Published, Warehouse
from dashapp.store.snapshot import Snapshots
from tests.store.conftest import NOW, build, facts

Publish = Callable[..., Published]
MIXED = "select (select min(amount) from marts.order_lines), (select max(net_sales) from marts.customer_days)"


@pytest.fixture
def looking_always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "LOOK_EVERY_SECONDS", 0.0)


@pytest.fixture
def question(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """Writes a question and returns its name."""
    folder = tmp_path / "queries"
    folder.mkdir()
    monkeypatch.setattr(door, "QUERIES", folder)

    def write(sql: str) -> str:
        name = f"q{len(list(folder.iterdir()))}"
        (folder / f"{name}.sql").write_text(sql)
        query._files.cache_clear()  # which questions there are does not change while a server runs
        return name

    return write


def is_open(file: Path) -> bool:
    links = [link for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    return any(link.readlink() == file for link in links)


def test_without_a_publish_there_is_no_snapshot(settings: Settings):
    with pytest.raises(NoSnapshot):
        Snapshots(settings).current()


def test_current_is_looked_up_again_only_when_its_time_has_passed(
    settings: Settings, publish: Publish, monkeypatch: pytest.MonkeyPatch
):
    publish()
    snapshots = Snapshots(settings)
    now = 1000.0
    monkeypatch.setattr(door, "time", SimpleNamespace(monotonic=lambda: now))
    assert snapshots.current().seq == 1
    publish()
    now += 0.9 * door.LOOK_EVERY_SECONDS
    assert snapshots.current().seq == 1
    now += 0.2 * door.LOOK_EVERY_SECONDS
    assert snapshots.current().seq == 2


@pytest.mark.usefixtures("looking_always")
def test_a_swap_leaves_the_old_snapshot_open_until_its_last_user_lets_go(settings: Settings, publish: Publish):
    first = publish()
    snapshots = Snapshots(settings)
    held = snapshots.current()
    publish()
    assert snapshots.current().seq == 2
    with held._cursor() as cursor:
        assert cursor.execute("select max(amount) from marts.order_lines").fetchall()[0][0] == 1
    assert is_open(settings.data_dir / "warehouse" / first.file)
    del held
    gc.collect()
    assert not is_open(settings.data_dir / "warehouse" / first.file)


@pytest.mark.usefixtures("looking_always")
def test_a_damaged_snapshot_falls_back_to_the_one_before(settings: Settings, publish: Publish, damage: Callable):
    publish()
    damage(publish())
    snapshots = Snapshots(settings)
    with capture_logs() as lines:
        assert snapshots.current().seq == 1
    assert [line["event"] for line in lines] == ["snapshot_damaged"]
    assert "2" in snapshots.problem
    publish()
    assert snapshots.current().seq == 3
    assert snapshots.problem == ""


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "flipped": lambda content: content[:-100] + bytes([content[-100] ^ 1]) + content[-99:],
    "cut": lambda content: content[: len(content) // 2],
    "empty": lambda content: b"",
    "zeros": lambda content: bytes(len(content)),
    "garbage": lambda content: b"garbage" * 1000,
    "another header": lambda content: bytes(16) + content[16:],
    "longer": lambda content: content + b"x",
}


@pytest.mark.parametrize("how", [*DAMAGES, "gone"])
def test_however_a_snapshot_is_damaged_readers_get_the_one_before_and_no_wrong_number(
    settings: Settings, publish: Publish, warehouse: Warehouse, how: str
):
    publish()
    path = warehouse.folder / publish().file
    content = path.read_bytes()
    path.unlink()
    if how != "gone":
        path.write_bytes(DAMAGES[how](content))
    snapshots = Snapshots(settings)
    assert snapshots.current().seq == 1
    assert snapshots.problem == "Snapshot 2 cannot be read."


def test_damage_everywhere_is_an_error_not_wrong_numbers(settings: Settings, publish: Publish, damage: Callable):
    damage(publish())
    with pytest.raises(SnapshotDamaged):
        Snapshots(settings).current()


def test_an_unreadable_pointer_falls_back_to_the_history(settings: Settings, publish: Publish, warehouse: Warehouse):
    publish(), publish()
    warehouse.pointer_path.write_text("{")
    assert Snapshots(settings).current().seq == 2


@pytest.mark.parametrize(
    "statement",
    [
        "copy marts.customers to '{folder}/out.csv'",
        "select * from read_csv('/etc/hostname')",
        "select * from '/etc/hostname'",
        "attach '{folder}/other.duckdb'",
        "set memory_limit='9GB'",
        "set enable_external_access=true",
        "set lock_configuration=false",
        "load httpfs",
        "export database '{folder}/export'",
        "delete from marts.customers",
    ],
)
def test_a_reader_reaches_nothing_outside_the_snapshot(settings: Settings, publish: Publish, statement: str):
    publish()
    snapshot = Snapshots(settings).current()
    with snapshot._cursor() as cursor, pytest.raises(duckdb.Error):
        cursor.execute(statement.format(folder=settings.data_dir)).fetchall()


def test_a_second_reader_in_the_process_is_as_hardened(settings: Settings, publish: Publish):
    publish()
    one, two = Snapshots(settings).current(), Snapshots(settings).current()
    assert one.id == two.id
    with two._cursor() as cursor, pytest.raises(duckdb.Error):
        cursor.execute("select * from read_csv('/etc/hostname')").fetchall()


def test_a_question_that_takes_too_long_is_interrupted_and_the_next_one_answered(
    settings: Settings, publish: Publish, question: Callable[[str], str]
):
    publish()
    quick = settings.model_copy(update={"query_timeout_seconds": 0.2})
    endless = question(
        "select sum(a.range * b.range * c.range) as n from range(100000) a, range(100000) b, range(999) c"
    )
    snapshot = Snapshots(quick).current()
    with pytest.raises(QueryTimeout):
        snapshot.frame(endless)
    with pytest.raises(QueryTimeout):
        next(snapshot.batches(endless))
    assert snapshot.row(question("select count(*) as n from marts.customers")) == {"n": 10}


def test_many_threads_share_a_snapshot(settings: Settings, publish: Publish):
    publish()
    snapshots, errors = Snapshots(settings), []

    def read() -> None:
        try:
            for _ in range(30):
                with snapshots.current()._cursor() as cursor:
                    assert cursor.execute(MIXED).fetchall() == [(1, 1)]
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_the_text_of_a_question_is_parsed_once_and_threads_that_share_it_get_their_own_values(
    settings: Settings, publish: Publish
):
    publish()
    snapshot, sql = Snapshots(settings).current(), "select $number as number, 'a name' as name"
    with snapshot._cursor() as one, snapshot._cursor() as other:
        assert snapshot._statement(one, sql) is snapshot._statement(other, sql)
    with ThreadPoolExecutor(8) as pool:
        frames = list(pool.map(lambda number: snapshot._framed(sql, {"number": number}, {}), range(200)))
    assert [frame["number"].item() for frame in frames] == list(range(200))
    assert {frame.dtypes["name"].storage for frame in frames} == {"python"}  # in Arrow, few rows cost a third more


@pytest.mark.usefixtures("looking_always")
def test_readers_hammering_during_ten_publishes_see_no_error_and_no_mixture(
    settings: Settings, warehouse: Warehouse, publish: Publish
):
    publish()
    snapshots, stop = Snapshots(settings), threading.Event()
    errors: list[Exception] = []
    seen: set[int] = set()

    def read() -> None:
        while not stop.is_set():
            try:
                snapshot = snapshots.current()
                with snapshot._cursor() as cursor:
                    assert cursor.execute(MIXED).fetchall() == [(snapshot.seq, snapshot.seq)]
                seen.add(snapshot.seq)
            except Exception as error:
                errors.append(error)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for seq in range(2, 12):
        with warehouse.writing("test"):
            draft = build(warehouse.draft("x.duckdb"), facts(seq), rows=5_000)
            warehouse.publish(draft, facts(seq), actor="test", published_at=NOW)
            warehouse.collect(3)
    time.sleep(0.2)
    stop.set()
    for thread in threads:
        thread.join()
    assert errors == []
    assert max(seen) == 11


def test_batches_stream_every_row_once(settings: Settings, warehouse: Warehouse, question: Callable[[str], str]):
    with warehouse.writing("test"):
        draft = build(warehouse.draft("x.duckdb"), facts(1), rows=25_000)
        warehouse.publish(draft, facts(1), actor="test", published_at=NOW)
    name = question("select customer_key from marts.customers order by customer_key")
    frames = list(Snapshots(settings).current().batches(name, size=10_000))
    assert len(frames) > 2
    assert [key for frame in frames for key in frame["customer_key"]] == list(range(25_000))


def test_a_list_is_sorted_only_by_what_its_file_allows(
    settings: Settings, publish: Publish, question: Callable[[str], str]
):
    publish()
    name = question("-- sort: customer_key last_order_date\nselect customer_key from marts.customers order by {order}")
    snapshot = Snapshots(settings).current()
    assert list(snapshot.frame(name)["customer_key"]) == list(range(9, -1, -1))
    assert list(snapshot.frame(name, sort="customer_key", descending=False)["customer_key"]) == list(range(10))
    with pytest.raises(FilterError) as caught:
        snapshot.frame(name, sort="customer_key; drop table x")
    assert caught.value.field == "sort"


@pytest.mark.parametrize("sql", ["select 1 from marts.of_next_year", "select of_next_year from marts.customers"])
def test_a_snapshot_of_an_earlier_version_asks_for_a_refresh(
    settings: Settings, publish: Publish, question: Callable[[str], str], sql: str
):
    publish()
    with pytest.raises(SnapshotOutdated) as failure:
        Snapshots(settings).current().frame(question(sql))
    assert failure.value.hint == "Refresh the data."


def test_an_unknown_question_is_not_found(settings: Settings, publish: Publish):
    publish()
    with pytest.raises(NotFound):
        Snapshots(settings).current().frame("../../etc/passwd")


def test_base_holds_every_customer_of_the_country_whatever_the_period(sample_warehouse: Settings):
    snapshot = Snapshots(sample_warehouse).current()
    everybody = snapshot.base()
    french = snapshot.base(Filters(range="l7d", country=("France",)))
    assert list(everybody.columns) == ["customer_key", "frequency", "recency_days", "T_days", "monetary_value"]
    assert 0 < len(french) < len(everybody)


@pytest.mark.parametrize("name", query.names())
def test_every_question_answers_with_the_columns_it_declares(sample_warehouse: Settings, name: str):
    asked = query.find(name)
    assert asked.question
    found = Snapshots(sample_warehouse).current().describe(name)
    assert found == asked.columns


@pytest.mark.parametrize("name", metrics.names())
def test_every_key_figure_is_defined_and_answers_in_one_row(sample_warehouse: Settings, name: str):
    figure = metrics.metric(name)
    assert figure.label
    assert figure.definition
    value = Snapshots(sample_warehouse).current().metric(name, Filters(range="all"))
    assert value.value is not None or value.reason
