"""Pages and finished files through HTTP: for who asked, as often as allowed, until they expire."""

from __future__ import annotations

import json
import os
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import g
from plotly.utils import PlotlyJSONEncoder

from dashapp.errors import InputError
from dashapp.services import export_files
from dashapp.services.access import Principal, Role
from dashapp.settings import Settings
from dashapp.store import accounts
from dashapp.store.jobs import Job
from dashapp.store.state import reading
from dashapp.web.background import Plan
from dashapp.web.components import export_menu, export_news
from dashapp.web.frame import discover
from dashapp.web.pages import exports
from tests.web.conftest import SAME_ORIGIN, House, open_house

AT = datetime(2026, 1, 2, 10, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def own(sample_warehouse: Settings, tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house of this module alone: its allowance is used up."""
    return open_house(tmp_path_factory.mktemp("exports"), sample_warehouse, exports_per_hour=10)


def _user(house: House, role: str) -> int:
    with reading(house.services.engine) as connection:
        return accounts.by_name(connection, role).user_id


def _keep(house: House, role: str, name: str = "overview.pdf") -> export_files.Kept:
    return export_files.keep(house.services.settings, _user(house, role), name, b"%PDF-1.4 content")


@pytest.mark.slow
def test_a_finished_file_is_sent_to_its_owner_and_does_not_exist_for_others(own: House) -> None:
    kept = _keep(own, "analyst")
    answer = own.client("analyst").get(f"/exports/{kept.id}")
    assert (answer.status_code, answer.data, answer.content_type) == (200, b"%PDF-1.4 content", "application/pdf")
    assert answer.headers["Content-Disposition"] == "attachment; filename=overview.pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    for other in ("operator", "admin"):
        assert own.client(other).get(f"/exports/{kept.id}").status_code == 404
        assert own.client(other).post(f"/exports/{kept.id}/remove", headers=SAME_ORIGIN).status_code == 404
    assert own.client("viewer").get(f"/exports/{kept.id}").status_code == 403
    assert own.client().get(f"/exports/{kept.id}").status_code == 302
    assert own.services.journal.recent(event="export:fetched", actor="user:analyst")[0].target == "overview.pdf"


def test_an_expired_file_is_gone(own: House) -> None:
    kept = _keep(own, "analyst")
    os.utime(kept.path, (0, 0))
    assert own.client("analyst").get(f"/exports/{kept.id}").status_code == 410


def test_its_owner_removes_it_from_the_page_only(own: House) -> None:
    kept = _keep(own, "analyst")
    client = own.client("analyst")
    assert client.post(f"/exports/{kept.id}/remove", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.post(f"/exports/{kept.id}/remove", headers=SAME_ORIGIN).headers["Location"] == "/exports"
    assert not kept.path.exists()


@pytest.mark.slow
def test_beyond_the_allowance_of_an_hour_a_sentence_and_when_to_come_again(own: House) -> None:
    client = own.client("operator")
    limit = own.services.settings.exports_per_hour
    answers = [client.get("/export/customers.csv?search=nobody") for _ in range(limit + 1)]
    assert [answer.status_code for answer in answers] == [200] * limit + [429]
    assert "within an hour, which is the most" in answers[-1].text
    assert 3500 < int(answers[-1].headers["Retry-After"]) <= 3600
    assert client.get("/export/page/overview.xlsx").status_code == 429
    assert client.get("/export/chart/segments.csv").status_code == 200
    assert len(own.services.journal.recent(event="export:downloaded", actor="user:operator")) == limit + 1


def _planned(house: House, asked: object) -> Plan:
    g.principal = Principal(_user(house, "analyst"), "analyst", Role.ANALYST, "")
    return export_menu.plan(house.services, discover(), asked)


def test_a_pdf_is_planned_with_the_view_of_the_address_and_written_down(own: House) -> None:
    with own.app.server.test_request_context("/overview"):
        plan = _planned(own, {"page": "overview", "search": "?country=Germany&range=l28d"})
    assert "country Germany" in plan.arguments["document"]["view"][0]
    assert plan.arguments["owner"] == _user(own, "analyst")
    assert re.fullmatch(r"overview-[0-9-]{10}-snapshot-1\.pdf", plan.arguments["name"])
    entry = own.services.journal.recent(event="export:ordered")[0]
    assert (entry.actor, entry.target) == ("user:analyst", "overview.pdf")
    assert entry.detail["rows"] > 0
    assert "country Germany" in entry.detail["filters"]


WRONG = [None, 7, {}, {"page": "evil"}, {"page": "customers"}, {"page": "overview", "search": "?range=evil"}]


@pytest.mark.parametrize("asked", WRONG, ids=range(len(WRONG)))
def test_what_cannot_be_printed_is_refused_in_words(own: House, asked: object) -> None:
    with own.app.server.test_request_context("/overview"), pytest.raises(InputError):
        _planned(own, asked)


def _job(number: int, state: str, **changes: Any) -> Job:
    told = dict.fromkeys(("step", "message", "hint", "worker"), "")
    moments = dict.fromkeys(("created_at", "started_at", "heartbeat_at", "cancel_requested_at", "finished_at"), AT)
    given = {"id": number, "kind": "export", "arguments": {}, "owner_id": 1, "owner_name": "ann", "state": state}
    return Job(**given | told | moments | {"fraction": 0.4, "attempts": 1, "result": None} | changes)


def test_the_list_shows_what_is_made_what_is_ready_and_what_failed(own: House) -> None:
    jobs = [
        _job(3, "queued"),
        _job(2, "running", message="4,000 of 9,000 rows"),
        _job(1, "failed", message="No room.", hint="Ask."),
    ]
    text = json.dumps(exports.show([_keep(own, "admin")], jobs, AT, 24), cls=PlotlyJSONEncoder)
    for said in ("Waiting for its turn.", "4,000 of 9,000 rows", "No room. Ask.", "overview.pdf", "24 hours after"):
        assert said in text
    assert text.count("/cancel") == 2
    assert "No file is waiting" in json.dumps(exports.show([], [], AT, 24), cls=PlotlyJSONEncoder)


def test_a_reader_is_told_once_that_an_export_has_ended() -> None:
    ready = _job(1, "done", result={"name": "customers.xlsx", "file": "a" * 32})
    assert export_news.news([_job(1, "running")], None) == (None, [1])
    assert export_news.news([ready], [1]) == (ready, [])
    assert export_news.news([ready], []) == (None, [])
    assert f"/exports/{'a' * 32}" in json.dumps(export_news.words(ready), cls=PlotlyJSONEncoder)
    assert "was not made: No room." in export_news.words(_job(1, "failed", message="No room."))[0][0]
