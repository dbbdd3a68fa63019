"""Downloads through HTTP: names made by us, contacts only for those who may, and a line in the journal for each."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient

from dashapp.charts import catalogue
from dashapp.domain.filters import Filters
from dashapp.errors import RenderFailed, TenureError
from dashapp.services import render
from dashapp.services.access import Principal, Role
from dashapp.services.charting import draw
from dashapp.services.export_desk import CARDS, Leaving
from dashapp.services.exports import Request
from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshot, Snapshots
from dashapp.web.routes.exports import ROUTES
from tests.services import shop

NAME = re.compile(r'attachment; filename="?[A-Za-z0-9_.-]+"?')


class Notes(list[tuple[str, Leaving]]):
    """Remembers what the desk is told, and what was ordered there."""

    def __init__(self) -> None:
        super().__init__()
        self.ordered: list[str] = []

    def note(self, leaving: Leaving, reader: Principal, ip: str) -> None:
        self.append((reader.actor, leaving))

    def order(self, asked: Request, snapshot: Snapshot, leaving: Leaving, reader: Principal, ip: str) -> None:
        self.ordered.append(f"{leaving.target}, {leaving.rows} rows of {snapshot.id}, {leaving.filters}")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return shop.publish(tmp_path_factory.mktemp("shop"), shop.customers(150))


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def role() -> list[Role]:
    return [Role.ANALYST]


@pytest.fixture
def client(settings: Settings, notes: Notes, role: list[Role]) -> FlaskClient:
    """The export routes alone, behind a gate that lets one principal in."""
    services: Any = SimpleNamespace(
        settings=settings,
        snapshots=Snapshots(settings),
        exports=notes,
        annotations=SimpleNamespace(flags=lambda principal, filters: ()),
        clock=lambda: datetime(2024, 7, 2, tzinfo=UTC),
    )
    server = Flask("exports")

    @server.before_request
    def sign_in() -> None:
        g.principal = Principal(1, "ann", role[0], "hash")

    @server.errorhandler(TenureError)
    def refused(error: TenureError) -> tuple[str, int]:
        return error.sentence(), error.http_status

    for route in ROUTES:
        view = route.view
        server.add_url_rule(
            route.rule,
            route.endpoint,
            lambda view=view, **values: view(services, **values),
            methods=list(route.methods),
        )
    client = server.test_client()
    client.services = services
    return client


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_list_is_downloaded_and_noted_with_its_rows(client: FlaskClient, notes: Notes, suffix: str) -> None:
    answer = client.get(f"/export/customers.{suffix}?country=France&search=c-0")
    assert answer.status_code == 200
    assert NAME.fullmatch(answer.headers["Content-Disposition"])
    assert len(answer.data) > 1000
    ((actor, leaving),) = notes
    assert (actor, leaving.target, leaving.rows) == ("user:ann", f"customers.{suffix}", 50)
    assert leaving.filters.startswith("country France, search c-0; sorted by")


def test_a_long_list_is_ordered_as_a_workbook_and_streamed_as_text(
    client: FlaskClient, notes: Notes, settings: Settings
) -> None:
    client.services.settings = settings.model_copy(update={"export_direct_rows": 49})
    answer = client.get("/export/customers.xlsx?country=France")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/exports")
    assert notes.ordered == ["customers.xlsx, 50 rows of 000001-test, country France; sorted by clv, descending"]
    assert notes == []
    assert client.get("/export/customers.csv?country=France").is_streamed


def test_an_analysts_file_ends_at_the_cap_of_the_role_and_says_so(
    client: FlaskClient, notes: Notes, settings: Settings
) -> None:
    client.services.settings = settings.model_copy(update={"export_analyst_rows": 20})
    answer = client.get("/export/customers.csv?country=France")
    assert "first-20-of-50" in answer.headers["Content-Disposition"]
    assert len(answer.data.splitlines()) == 21
    assert notes[0][1].detail["rows"] == 20
    assert notes[0][1].detail["matching"] == 50


def test_the_list_is_streamed_not_held(client: FlaskClient) -> None:
    assert client.get("/export/customers.csv").is_streamed


def test_a_viewer_would_get_no_contacts_even_past_the_gate(client: FlaskClient, role: list[Role]) -> None:
    assert b"example.org" in client.get("/export/customers.csv").data
    role[0] = Role.VIEWER
    assert b"example.org" not in client.get("/export/customers.csv").data


def test_a_hostile_address_changes_neither_the_name_nor_the_headers(client: FlaskClient) -> None:
    answer = client.get('/export/customers.csv?search=%0d%0aX-Evil:1"%20;filename=x.exe&country=%C3%BC"%0d%0a')
    assert NAME.fullmatch(answer.headers["Content-Disposition"])
    assert "X-Evil" not in answer.headers


@pytest.mark.parametrize(
    "address", ["customers.csv?sort=evil", "customers.csv?range=evil", "chart/clv_distribution.csv?range=x"]
)
def test_what_cannot_be_asked_is_refused_and_not_noted(client: FlaskClient, notes: Notes, address: str) -> None:
    assert client.get(f"/export/{address}").status_code == 422
    assert notes == []


def test_a_chart_nobody_drew_is_not_found(client: FlaskClient) -> None:
    assert client.get("/export/chart/evil.csv").status_code == 404
    assert client.get("/export/chart/evil.png").status_code == 404
    assert client.get("/export/chart/evil.xlsx").status_code == 404


def test_the_numbers_of_a_chart_are_those_on_screen(client: FlaskClient, settings: Settings) -> None:
    table = draw("clv_distribution", Snapshots(settings).current(), Filters(country=("France",))).table
    lines = client.get("/export/chart/clv_distribution.csv?country=France").data.decode("utf-8-sig").splitlines()
    assert len(lines) == len(table) + 1
    assert sum(int(line.rsplit(",", 2)[-2]) for line in lines[1:]) == table["Customers"].sum() == 50


def test_the_about_file_defines_the_columns(client: FlaskClient) -> None:
    text = client.get("/export/customers-about.csv?country=France").data.decode("utf-8-sig")
    assert "country France" in text
    assert "Column clv," in text


@pytest.mark.parametrize(
    ("address", "meaning"),
    [
        ("customers", ["Column clv", "Predicted CLV, the value of the horizon: discounted, times the gross margin."]),
        ("chart/clv_distribution", ["Spread of predicted value", catalogue.chart("clv_distribution").definition]),
    ],
)
def test_a_table_leaves_with_title_filters_day_definitions_and_validity_beside_it(
    client: FlaskClient, notes: Notes, address: str, meaning: list[str]
) -> None:
    answer = client.get(f"/export/{address}.zip?country=France")
    assert answer.is_streamed
    assert NAME.fullmatch(answer.headers["Content-Disposition"])
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        table, about = archive.namelist()
        assert (table.removesuffix("csv"), archive.testzip()) == (about.removesuffix("about.csv"), None)
        assert archive.read(table) == client.get(f"/export/{address}.csv?country=France").data
        told = dict(csv.reader(io.StringIO(archive.read(about).decode("utf-8-sig"))))
    facts = Snapshots(client.services.settings).current().facts
    assert "country France" in told["Filters"]
    assert told["As of"].startswith(str(facts.observed_until))
    assert facts.validity_reason in told["Predictions"]
    assert meaning[1] in told[meaning[0]]
    assert notes[0][1].target == f"{address.rpartition('/')[2]}.csv"


@pytest.mark.parametrize("address", ["customers", "chart/clv_distribution"])
def test_the_plain_table_names_the_address_of_its_explanation(client: FlaskClient, address: str) -> None:
    answer = client.get(f"/export/{address}.csv?country=France")
    named = re.fullmatch(r'<(/export/[^>]+)>; rel="describedby"', answer.headers["Link"])
    assert "France" in client.get(named[1]).data.decode("utf-8-sig")


@pytest.mark.browser
@pytest.mark.slow
def test_a_chart_is_drawn_as_an_image(client: FlaskClient, settings: Settings, notes: Notes) -> None:
    try:
        render.find_browser(settings)
    except RenderFailed as error:
        pytest.skip(error.message)
    answer = client.get("/export/chart/clv_distribution.png?country=France")
    render.shared(settings).close()
    assert answer.data.startswith(b"\x89PNG")
    assert answer.content_type == "image/png"
    assert (notes[0][1].target, notes[0][1].kind) == ("clv_distribution.png", CARDS)
