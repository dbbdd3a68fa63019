"""What newer lines mend is row by row what making everything anew gives; what may be otherwise is not mended."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pytest
import yaml

from dashapp.settings import Settings
from dashapp.store.publish import Warehouse
from etl import answers, load, mend, pipeline
from etl.lake import Lake
from etl.progress import Silent
from etl.tables import all_tables
from etl.transform import transform
from etl.work import Connection, Policy, working
from tests.etl.loading import COLUMNS, NOW
from tests.etl.test_unchanged import differences

FIELDS = {**COLUMNS, "product_id": "item", "country": "country", "refunded_order_id": "refunds", "unit_cost": "cost"}
HEADER = "order,date,customer,item,qty,price,country,refunds,cost"
POLICY = Policy(NOW.replace(tzinfo=None), 0.5, ("POST",), False, links=(("c007", "c011"), ("c012", "zed")))
LISTS = {
    "products": "product_id,product_name,category,unit_cost\n"
    + "".join(f"p{key:02d},Cup {key},{'china' if key % 3 else 'glass'},{1 + key % 4}\n" for key in range(20)),
    "customers": "customer_id,customer_name,country\n"
    + "".join(f"c{number:03d},Name {number},Spain\n" for number in range(0, 90, 2)),
}  # fmt: skip


def base() -> list[str]:
    """Two years of ninety customers: returns, postage, lines without a customer, orders of several countries."""
    rng, lines = np.random.default_rng(4), []
    for number in range(900):
        when = f"{date(2023, 1, 1) + timedelta(days=int(number * 0.8))} {8 + number % 9:02d}:00:00"
        customer = "" if number % 10 == 3 else f"c{int(90 * rng.random() ** 2):03d}"
        for place in range(1 + number % 3):
            item = "POST" if rng.random() < 0.05 else f"p{rng.integers(20):02d}"
            pieces = int(rng.integers(1, 6)) * (-1 if rng.random() < 0.07 else 1)
            country = ("France", "Spain", "")[(number + (place if number % 8 == 0 else 0)) % 3]
            lines.append(f"o{number},{when},{customer},{item},{pieces},{rng.integers(2, 40)},{country},,")
    return [*lines, *AHEAD]


AHEAD = (
    "b0,2024-12-01 10:00:00,c004,p01,1,9,,,", "r0,2024-12-10 10:00:00,c004,p01,-1,9,,b0,",
    "r9,2024-12-11 10:00:00,c004,p01,-1,9,,,",
)  # fmt: skip
"A purchase that one refund names, so that it is none for the other."
SECOND_SHOP = "an order of another shop, which has the number that an earlier refund names"
DELIVERIES = {
    "newer lines, a customer and a product that sort first, postage, an order of two countries": [
        "n1,2024-12-22 10:00:00,c001,p01,2,9,,,", "n2,2025-01-03 10:00:00,c002,p02,1,9,Spain,,",
        "n3,2024-12-20 10:00:00,a00,a00,2,900,Spain,,", "n4,2024-12-20 10:00:00,c003,POST,1,4,,,",
        "n5,2024-12-20 10:00:00,,p01,2,9,Spain,,", "n5,2024-12-20 10:00:00,,p02,2,9,,,",
    ],
    "late lines of old months and of linked customers": [
        "l1,2023-03-05 10:00:00,c001,p01,2,9,France,,", "l2,2023-03-05 11:00:00,,p05,2,9,,,",
        "l3,2023-02-01 10:00:00,c011,p02,2,9,,,", "l4,2024-05-20 10:00:00,c007,p01,2,9,Spain,,",
    ],
    "lines before all others": ["e1,2022-11-05 10:00:00,c080,p01,2,9,France,,", "e2,2022-12-06 10:00:00,a0,p99,2,9,,,"],
    "refunds, one of an order it names, one after the last sale": [
        "r1,2024-12-21 10:00:00,c000,p01,-1,9,,o3,", "r2,2024-12-21 10:00:00,c001,p03,-2,5,,,",
        "r3,2025-02-03 10:00:00,c001,p01,-2,9,,,", "r4,2024-12-20 10:00:00,c004,p03,-1,0,,,",
    ],
    SECOND_SHOP: ["b0,2024-12-05 10:00:00,c005,p01,3,9,Spain,,", "x2,2024-12-22 11:00:00,c006,p02,1,9,,,"],
    "lines after months without any": ["m1,2025-03-20 10:00:00,c003,p01,2,9,Spain,,"],
}  # fmt: skip
REFUSED = {
    "a correction": ["o3,2023-01-03 10:00:00,c001,p01,2,9,France,,"],
    "a linked customer's first line": ["n1,2024-12-22 10:00:00,zed,p01,2,9,,,"],
    "lines of every day": [
        f"d{day},{date(2023, 1, 1) + timedelta(days=day)} 10:00:00,c001,p01,2,9,,," for day in range(0, 720, 2)
    ],
}


def written(parent: Path, name: str, lines: list[str], shop: str = "Test", **lists: str) -> Path:
    """A folder with the lines, the lists and their mapping."""
    folder = parent / name
    folder.mkdir()
    (folder / "orders.csv").write_text("\n".join([HEADER, *lines, ""]))
    mapped = {"order_lines": {"files": "orders.csv", "columns": FIELDS}}
    for entity, text in lists.items():
        (folder / f"{entity}.csv").write_text(text)
        columns = {column: column for column in text.splitlines()[0].split(",")}
        mapped[entity] = {"files": f"{entity}.csv", "columns": columns}
    content = {"shop": {"name": shop, "currency": "EUR"}, "entities": mapped}
    (folder / "mapping.yaml").write_text(yaml.safe_dump(content))
    return folder


def deliver(
    settings: Settings, name: str, lines: list[str], append: bool = True, shop: str = "Test", **lists: str
) -> Lake:
    folder = written(settings.data_dir.parent, name, lines, shop, **lists)
    return load.load("csv_folder", folder, {}, settings, Silent(), append, NOW)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the base delivery, and the working database it led to."""
    folder = tmp_path_factory.mktemp("shop")
    settings = Settings(data_dir=folder / "data")
    lake = deliver(settings, "base", base(), append=False, **LISTS)
    with working(folder / "work.duckdb", lake, POLICY, settings) as connection:
        transform(connection, Silent())
        connection.execute("checkpoint")
        shutil.copy(folder / "work.duckdb", folder / "snapshot.duckdb")
        mend.keep(connection, folder / "work.duckdb", folder / "before.duckdb")
    return folder


@pytest.fixture
def settings(shop: Path, tmp_path: Path) -> Settings:
    shutil.copytree(shop / "data", tmp_path / "data")
    for name in ("before.duckdb", "snapshot.duckdb"):
        shutil.copy(shop / name, tmp_path / name)
    return Settings(data_dir=tmp_path / "data")


def kept(settings: Settings) -> Path:
    return settings.data_dir.parent / "before.duckdb"


def began(connection: Connection, lake: Lake) -> mend.Change | None:
    known = {batch.batch_id for batch in lake.history.versions[0].batches}
    came, folder = [batch.batch_id for batch in lake.batches if batch.batch_id not in known], lake.folder.parent.parent
    return mend.begin(connection, came, folder / "snapshot.duckdb")


def differing(connection: Connection) -> dict[str, int]:
    """Rows by which the tables of the databases `connection` is on and `anew` differ."""
    both = "({1} from {0} except all {1} from anew.{0}) union all ({1} from anew.{0} except all {1} from {0})"
    # Any number tells a basket from others of its day; what is in each, marts.product_baskets counts.
    told = {"staging.baskets": "select * exclude (basket)"}
    counts = {
        table.name: connection.execute(
            f"select count(*) from ({both.format(table.name, told.get(table.name, 'select *'))})"
        ).fetchall()[0][0]
        for table in all_tables()
        if not table.is_view
    }
    return {name: count for name, count in counts.items() if count}


@pytest.mark.parametrize("name", DELIVERIES)
def test_newer_lines_give_every_table_that_making_all_anew_gives(settings: Settings, name: str) -> None:
    lake = deliver(settings, "more", DELIVERIES[name], shop="Other" if name == SECOND_SHOP else "Test")
    anew = kept(settings).with_name("full.duckdb")
    with working(anew, lake, POLICY, settings) as connection:
        transform(connection, Silent())
        connection.execute("checkpoint")
        shutil.copy(anew, anew.with_suffix(".copy"))
    with working(kept(settings), lake, POLICY, settings) as connection:
        change = began(connection, lake)
        assert change
        transform(connection, Silent(), change)
        connection.execute(f"attach '{anew.with_suffix('.copy')}' as anew (read_only)")
        assert connection.execute("select count(*) from staging.order_lines").fetchall()[0][0] > 1500
        assert differing(connection) == {}


@pytest.mark.parametrize("name", REFUSED)
def test_what_changes_more_than_the_rows_it_touches_is_not_mended(settings: Settings, name: str) -> None:
    lake = deliver(settings, "more", REFUSED[name])
    with working(kept(settings), lake, POLICY, settings) as connection:
        assert began(connection, lake) is None
        assert connection.execute("select count(*) from duckdb_tables() where schema_name = 'staging'").fetchall() == [
            (0,)
        ]


def test_lines_that_bring_the_first_costs_are_not_mended(settings: Settings) -> None:
    with duckdb.connect(str(kept(settings))) as connection:
        connection.execute("update kept.inputs set has_costs = false")
    lake = deliver(settings, "more", next(iter(DELIVERIES.values())))
    with working(kept(settings), lake, POLICY, settings) as connection:
        assert began(connection, lake) is None


def test_a_refresh_that_fails_half_way_is_made_up_for_and_a_mended_snapshot_is_that_of_a_full_rebuild(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, found = Settings(data_dir=tmp_path / "data"), list[bool]()
    begin, warehouse = mend.begin, Warehouse(tmp_path / "data" / "warehouse")

    def watched(connection: Connection, batches: list[str], snapshot: Path) -> mend.Change | None:
        change = begin(connection, batches, snapshot)
        found.append(change is not None)
        return change

    def refresh(request: pipeline.Request) -> bool:
        return pipeline.refresh(request, settings, Silent(), lambda: NOW).published

    monkeypatch.setattr(mend, "begin", watched)
    monkeypatch.setattr(answers, "FEWEST_DAYS", 0)
    refresh(pipeline.Request("csv_folder", written(tmp_path, "base", base()[:60], **LISTS)))
    line = "n{0},2024-{0}-10 10:00:00,c0{0},p01,2,9,,,"
    more = [written(tmp_path, month, [line.format(month)]) for month in ("10", "11")]
    with monkeypatch.context() as failing:
        failing.setattr(pipeline, "copy", lambda *given: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            refresh(pipeline.Request("csv_folder", more[0], append=True))
    assert found == [True]
    assert not list(warehouse.folder.glob(f"{mend.KEPT}*"))
    assert refresh(pipeline.Request("csv_folder", more[0], append=True))
    assert refresh(pipeline.Request("csv_folder", more[1], append=True))
    assert found == [True, False, True]
    assert refresh(pipeline.Request(force=True))
    assert {name: rows for name, rows in differences(settings).items() if rows} == {}
