"""The same application as of two snapshots that differ: every page, callback, download and program sees one of them."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Any

import duckdb
import pytest

from dashapp.domain.filters import Filters
from dashapp.services.scoring import looked_at
from dashapp.settings import Settings
from dashapp.store.facts import Facts, read_facts
from dashapp.store.publish import Warehouse
from dashapp.web.door import BROWSER
from dashapp.web.frame import discover
from tests.web.conftest import SAME_ORIGIN, House, body_of, open_house, render_page

MONEY = {
    "marts.order_lines": "amount", "marts.customer_days": "net_sales", "marts.sales_cube": "net_sales",
    "marts.customers": "net_sales", "marts.sales_days": "net_sales",
    "marts.sales_choices": "net_sales",
}  # fmt: skip
BANNER = "You see the data as published on"
WHERE = "/_dash-update-component"


def publish_changed(warehouse: Warehouse, *statements: str) -> None:
    """The current snapshot once more, with these changes to it."""
    with warehouse.writing("test"):
        seq, draft = warehouse.next_seq(), warehouse.draft("changed.duckdb")
        draft.write_bytes((warehouse.folder / warehouse.current().file).read_bytes())
        with duckdb.connect(os.fspath(draft)) as connection:
            connection.execute("delete from meta.answers")  # they are of the snapshot as it was built
            for statement in (f"update meta.snapshot set seq = {seq}, snapshot_id = '{seq:06d}-test'", *statements):
                connection.execute(statement)
            connection.execute("checkpoint")
            facts: Facts = read_facts(connection)
        warehouse.publish(draft, facts, actor="test", published_at=datetime(2026, 2, seq, 8, 30, tzinfo=UTC))


def add_snapshots(settings: Settings) -> None:
    """Beside the sample: one that lacks tables as of an earlier version, then the current one with twice the money."""
    warehouse = Warehouse(settings.data_dir / "warehouse")
    publish_changed(warehouse, "drop table marts.product_pairs", "drop table marts.product_months")
    publish_changed(warehouse, *(f"update {table} set {column} = 2 * {column}" for table, column in MONEY.items()))


@pytest.fixture(scope="module")
def house(sample_warehouse: Settings, tmp_path_factory: pytest.TempPathFactory) -> House:
    """Snapshot 1 is the sample, 2 lacks tables like one of an earlier version, 3 is current with twice the money."""
    found = open_house(tmp_path_factory.mktemp("asof"), sample_warehouse)
    add_snapshots(found.services.settings)
    return found


def asked(house: House, key: str, search: str, *values: Any) -> Any:
    """What a callback answers on a page with this address; `values` for its inputs and states, in order."""
    body = body_of(house.app, key)
    items = body["inputs"] + body["state"]
    for item, value in zip(items, values, strict=False):
        item["value"] = value
    items[-1]["value"] = search
    return house.client("admin").post(WHERE, json=body, headers=SAME_ORIGIN)


def key_of(house: House, part: str) -> str:
    return next(key for key in house.app.callback_map if part in key)


@pytest.mark.slow
def test_every_callback_of_the_server_tells_the_address_of_its_page(house: House) -> None:
    permissions = house.app.server.extensions["tenure-gate"].door.permissions
    place = {"id": "_pages_location", "property": "search"}
    served = [key for key, needed in permissions.items() if needed != BROWSER and key in house.app.callback_map]
    ours = [key for key in served if "_pages" not in key and not key.endswith(".id")]
    assert len(ours) > 30
    assert [key for key in ours if house.app.callback_map[key]["state"][-1:] != [place]] == []


@pytest.mark.parametrize("page", [page for page in discover() if not page.has_variables], ids=lambda page: page.name)
@pytest.mark.slow
def test_every_page_says_what_it_shows(house: House, page: Any) -> None:
    client = house.client("admin")
    old, now = (render_page(client, page.path, search).text for search in ("?as_of=1", ""))
    assert "As of" in now or page.is_now
    assert "Back to now" not in now
    assert "Back to now" in old
    assert ("This page shows the present." in old) == page.is_now
    assert (BANNER in old) != page.is_now
    gone = render_page(client, page.path, "?as_of=77").text
    assert "Snapshot 77 is not kept. Kept: 1, 2, 3." in gone
    assert "page-grid" not in gone


@pytest.mark.parametrize("search", ["?as_of=x", "?as_of=-1", "?as_of=1&as_of=2", "?as_of=1.5", "?as_of=%C2%B2"])
def test_what_is_no_number_is_refused_in_a_sentence_not_read_as_now(house: House, search: str) -> None:
    assert "as_of is not the number of a snapshot." in render_page(house.client("admin"), "/overview", search).text
    answer = house.client("admin").get(f"/export/customers.csv{search}")
    assert (answer.status_code, "as_of" in answer.text) == (422, True)


def test_the_figures_of_a_page_are_those_of_the_snapshot_in_its_address(house: House) -> None:
    snapshots = house.services.snapshots
    old, now = (snapshots.at(seq).metric("net_sales", Filters()).value for seq in (1, 3))
    assert old
    assert now == pytest.approx(2 * old)
    key = key_of(house, "overview-net_sales")
    then, today = (asked(house, key, search, {}).json["response"] for search in ("?as_of=1", ""))
    pictures = [asked(house, key, f"?range=all&as_of={seq}", {}).json["response"] for seq in (1, 3)]
    assert then != today
    assert pictures == [then, today]


def test_downloads_are_of_the_snapshot_and_carry_its_number(house: House) -> None:
    client = house.client("admin")
    files = {seq: client.get(f"/export/customers.csv?as_of={seq}") for seq in (1, 3)}
    assert [f"-snapshot-{seq}." in files[seq].headers["Content-Disposition"] for seq in (1, 3)] == [True, True]
    assert client.get("/export/customers.csv").data == files[3].data != files[1].data
    chart = [client.get(f"/export/chart/revenue_trend.csv{tail}") for tail in ("?as_of=1", "")]
    assert "-snapshot-1." in chart[0].headers["Content-Disposition"]
    assert chart[0].data != chart[1].data
    assert "000001-" in client.get("/export/customers-about.csv?as_of=1").text
    assert client.get("/export/customers.csv?as_of=77").status_code == 410


def test_the_links_to_downloads_name_the_snapshot_of_the_page(house: House) -> None:
    request = {"startRow": 0, "endRow": 50, "sortModel": [], "filterModel": {}}
    text = asked(house, key_of(house, "customers-grid.getRowsResponse"), "?as_of=1", request, {}).json
    assert "/export/customers.zip?as_of=1" in str(text)


def test_programs_may_ask_for_a_kept_snapshot(house: House) -> None:
    client = house.client("admin")
    old, now = (client.get(f"/api/v1/customers?sort=net_sales&limit=5{tail}").json for tail in ("&as_of=1", ""))
    assert old["snapshot"]["snapshot_id"].startswith("000001-")
    assert [2 * row["net_sales"] for row in old["customers"]] == [row["net_sales"] for row in now["customers"]]
    one = client.get(f"/api/v1/customers/{old['customers'][0]['customer_id']}?as_of=1").json
    assert one["customer"]["net_sales"] == old["customers"][0]["net_sales"]
    assert client.get("/api/v1/customers?as_of=77").status_code == 410
    other = client.get(f"/api/v1/customers?sort=net_sales&limit=5&cursor={old['next']}")
    assert other.status_code == 422


def test_what_an_old_snapshot_lacks_is_missing_from_its_card_only(house: House) -> None:
    key = key_of(house, "product-partners.children")
    answer = asked(house, key, "?as_of=2", "P-001")
    assert answer.status_code == 200
    assert "Not available in this snapshot" in str(answer.json["response"]["product-partners"])
    assert "Not available in this snapshot" not in str(answer.json["response"]["product-head"])
    assert "Not available in this snapshot" not in asked(house, key, "?as_of=1", "P-001").text


def test_a_computation_reads_the_snapshot_its_reader_looks_at(house: House) -> None:
    wanted = house.services.snapshots.at(1).id
    assert looked_at(house.services.settings, wanted).id == wanted


def test_work_in_progress_does_not_stand_beside_figures_of_the_past(house: House) -> None:
    assert "New data was published" not in asked(house, key_of(house, "shell-toast"), "?as_of=1", 1, "000001-x").text
    assert "New data was published" in asked(house, key_of(house, "shell-toast"), "", 1, "000001-x").text
