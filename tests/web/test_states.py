"""Every page, with all that it does by itself, on stores that lack nearly everything: no failure, nothing invented."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import duckdb
import pandas as pd
import pytest

from dashapp.charts import catalogue
from dashapp.domain.filters import Filters
from dashapp.services import charting
from dashapp.services.access import PERMISSIONS, Role
from dashapp.services.behind import NOBODY
from dashapp.settings import Settings
from dashapp.store import metrics
from dashapp.store.facts import read_facts
from dashapp.store.publish import Warehouse
from dashapp.store.query import QUERIES, find
from dashapp.store.snapshot import Snapshot
from etl import pipeline
from etl.progress import Silent
from tests.deliveries import know_handwritten, written
from tests.etl.conftest import order_lines
from tests.web.conftest import ROLES, House, open_house
from tests.web.walking import Visit, not_numbers, visit

NOW = datetime(2026, 1, 1, 6, 0, tzinfo=UTC)
FINE = {200, 204}
GARBAGE = (
    "?range=nonsense&tab=nonsense&view=nonsense&as_of=99999&sort=nonsense&metric=nonsense&grain=nonsense",
    "?start=2020-13-45&end=x&country=" + "x" * 300 + "&segment=Nobody&run=-1&page=-1&%00=%ff&pathname=/x",
)


def _days(customers: int, orders: int) -> pd.DataFrame:
    """Each customer buys once a month, at another hour and price."""
    first = date(2024, 1, 5)
    return order_lines(
        *(
            (f"o{who}-{turn}", f"{first + timedelta(days=30 * turn + who % 9)} 09:00", f"c{who}", None, 1, 10 + who % 7)
            for who in range(customers)
            for turn in range(orders)
        )
    )


STORES = {
    "one day": {"order_lines": order_lines(("o1", "2025-12-30 09:00", "ann", "cup", 1, 10))},
    "one customer": {"order_lines": _days(1, 20)},
    "no products, places or spend": {"order_lines": _days(30, 6)},
    "nobody named": {"order_lines": _days(3, 3).assign(customer_id=None)},
    "summaries": {
        "customer_summaries": pd.DataFrame(
            [(f"c{who}", who % 4, 30 * (who % 4), 200, 20.0 if who % 4 else 0) for who in range(60)],
            columns=["customer_id", "frequency", "recency_days", "T_days", "monetary_value"],
        ).assign(observed_until="2025-12-31")
    },
}


@pytest.fixture(scope="module", params=list(STORES))
def poor_house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> House:
    """The application on a store that lacks nearly everything."""
    built = Settings(data_dir=tmp_path_factory.mktemp("poor"))
    with pytest.MonkeyPatch.context() as patch:
        know_handwritten(patch, {})
        asked = written(built.data_dir / "delivery", STORES[request.param])
        pipeline.refresh(asked, built, Silent(), lambda: NOW)
    return open_house(tmp_path_factory.mktemp("poor_house"), built)


def pages(house: House) -> list[tuple[str, str]]:
    """Path and permission of every page; of a page of one thing, the first there is and one that is not."""
    found = []
    for page in house.app.server.extensions["tenure"].pages:
        if "<" not in page.path:
            found.append((page.path, page.permission))
            continue
        above, _, variable = page.path.partition("/<")
        found += [(f"{above}/{name}", page.permission) for name in (_first(house, variable.strip(">")), "nobody")]
    return found


def _first(house: House, variable: str) -> str:
    column = {"customer": "customers.customer_id", "product_id": "products.product_id"}.get(variable)
    if column is None:
        return "1"
    table, name = column.split(".")
    snapshot = house.services.snapshots.current()
    rows = snapshot._rows(f"select min({name}) as name from marts.{table}", {})
    return str(rows[0]["name"] or "nobody")


def unfit(path: str, seen: Visit) -> list[str]:
    """What is wrong with a visit, in words; empty when nothing is."""
    failed = [f"{path}: {name[:80]} answered {status}" for name, status in seen.statuses.items() if status not in FINE]
    broken = [f"{path}: could not be shown"] if "This page could not be shown" in seen.text else []
    return [*failed, *broken, *(f"{path}: shows {word}" for word in not_numbers(seen.text))]


def unfit_pages(house: House, role: str = "admin", search: str = "") -> list[str]:
    may = [path for path, needs in pages(house) if list(Role).index(Role(role)) >= list(Role).index(PERMISSIONS[needs])]
    return [fault for path in may for fault in unfit(path, visit(house, path, role, search))]


@pytest.mark.slow
def test_every_page_of_a_poor_store_says_what_is_missing_and_fails_nowhere(poor_house: House):
    assert unfit_pages(poor_house) == []


@pytest.mark.slow
def test_every_number_of_a_poor_store_says_what_it_means_and_who_is_in_it(poor_house: House):
    client, snapshot = poor_house.client("analyst"), poor_house.services.snapshots.current()
    asked = [f"metric/{name}/{what}" for name in metrics.names() for what in ("who", "what")]
    for name in catalogue.charts():
        more = {"customer_key": 1} if catalogue.chart(name).query == "customer_orders" else {}
        marks = [mark for mark in charting.draw(name, snapshot, Filters(range="all"), **more).marks if mark]
        asked += [f"chart/{name}/what", *(f"chart/{name}/who?{urlencode({'mark': urlencode(m)})}" for m in marks[:1])]
    answers = {address: client.get(f"/numbers/{address}") for address in asked}
    uncounted = {f"metric/{name}/who" for name in metrics.names() if metrics.metric(name).customers == NOBODY}
    assert {address for address, answer in answers.items() if answer.status_code != 200} == uncounted
    assert not [word for answer in answers.values() for word in not_numbers(answer.text)]


@pytest.mark.slow
def test_a_shop_of_summaries_is_told_to_load_orders_not_to_choose_a_longer_period(poor_house: House):
    snapshot = poor_house.services.snapshots.current()
    notes = {name: charting.draw(name, snapshot, Filters()).note for name in ("revenue_trend", "concentration")}
    told = {name: note and note.text == metrics.MISSING["orders"] for name, note in notes.items()}
    assert all(told.values()) if not snapshot.facts.has_orders else not any(told.values())


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_whoever_may_open_a_page_may_do_all_that_it_does_by_itself(house: House, role: str):
    assert unfit_pages(house, role) == []


@pytest.mark.slow
@pytest.mark.parametrize("search", GARBAGE)
def test_garbage_in_the_address_breaks_no_page(house: House, search: str):
    assert unfit_pages(house, search=search) == []


@pytest.mark.slow
def test_before_any_data_every_page_says_so(empty_house: House):
    paths = [page.path for page in empty_house.app.server.extensions["tenure"].pages if "<" not in page.path]
    assert [fault for path in paths for fault in unfit(path, visit(empty_house, path))] == []


@pytest.fixture(scope="module")
def spoilt(
    sample_warehouse: Settings, tmp_path_factory: pytest.TempPathFactory
) -> tuple[duckdb.DuckDBPyConnection, Snapshot]:
    """A copy of the sample that can be spoilt, and a reader of it."""
    warehouse = Warehouse(sample_warehouse.data_dir / "warehouse")
    copy = tmp_path_factory.mktemp("spoilt") / "copy.duckdb"
    shutil.copy(warehouse.folder / warehouse.current().file, copy)
    connection = duckdb.connect(str(copy))
    connection.execute("delete from meta.answers")  # every question is asked anew
    return connection, Snapshot(connection, read_facts(connection), 30.0)


MARTS = (
    "customers", "customer_days", "customer_months", "orders", "order_lines", "sales_cube", "products",
    "product_months", "segment_history", "refunds", "cohort_forecasts", "clv_totals", "customer_products",
    "relationships", "category_buyers", "state_changes",
)  # fmt: skip


def _reads(folder: Path, name: str) -> set[str]:
    """The marts that a question names itself; those that its filters look into come later."""
    return set(re.findall(r"marts\.(\w+)", find(name, folder).sql))


@contextmanager
def without(connection: duckdb.DuckDBPyConnection, mart: str) -> Iterator[None]:
    """As if the mart had no row, inside."""
    connection.execute(f"create temp table kept as select * from marts.{mart}")
    connection.execute(f"delete from marts.{mart}")
    yield
    connection.execute(f"insert into marts.{mart} select * from kept")
    connection.execute("drop table kept")


@pytest.mark.parametrize("mart", MARTS)
def test_no_figure_shows_a_value_once_its_only_mart_is_empty(
    spoilt: tuple[duckdb.DuckDBPyConnection, Snapshot], mart: str
):
    connection, snapshot = spoilt
    with without(connection, mart):
        charts = [name for name, spec in catalogue.charts().items() if _draws(snapshot, name, spec.query, mart)]
        figures = [name for name in metrics.names() if _counts(snapshot, name, mart)]
    assert (charts, figures) == ([], [])


def test_without_months_nobody_is_said_to_have_stayed_away(spoilt: tuple[duckdb.DuckDBPyConnection, Snapshot]):
    connection, snapshot = spoilt
    with without(connection, "customer_months"):
        drawn = [charting.draw(name, snapshot, Filters(range="all")) for name in ("retention_curve", "cohort_matrix")]
    assert [chart.figure for chart in drawn] == [None, None]


def _draws(snapshot: Snapshot, name: str, query: str, mart: str) -> bool:
    if _reads(QUERIES, query) != {mart}:
        return False
    more = {"customer_key": 1} if query == "customer_orders" else {}
    return charting.draw(name, snapshot, Filters(range="all"), **more).figure is not None


def _counts(snapshot: Snapshot, name: str, mart: str) -> bool:
    return _reads(metrics.METRICS, name) == {mart} and bool(snapshot.metric(name, Filters(range="all")).value)
