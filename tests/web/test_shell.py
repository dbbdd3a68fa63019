"""The frame of the application: what a reader may see in it, and that news is told once there is some."""

from __future__ import annotations

import re

import pytest
from dash import no_update

from dashapp.web.frame import discover
from dashapp.web.shell import news
from tests.web.conftest import SAME_ORIGIN, body_of, render_page


def test_news_is_told_only_when_the_snapshot_is_another_one():
    assert news("000001-a", "000001-a") is no_update
    assert news("000001-a", "") is no_update
    assert "New data was published." in str(news("000001-a", "000002-b"))


@pytest.mark.parametrize(("role", "sees_data"), [("viewer", False), ("analyst", True)])
def test_the_navigation_shows_what_one_may_open(house, role, sees_data):
    layout = str(house.client(role).get("/_dash-layout").json)
    assert ("'href': '/data'" in layout) is sees_data
    assert ("may-export" in layout) is sees_data
    assert "'href': '/overview'" in layout


def test_every_page_says_how_fresh_the_numbers_are_and_what_the_checks_found(house):
    for page in discover():
        text = render_page(house.client("admin"), page.path.replace("<", "").replace(">", "")).text
        assert "Data to " in text, page.path
        assert "Demo data" in text, page.path
        assert re.search(r"\d+ checks? (passed|failed)", text), page.path


def test_home_tells_the_first_reader_how_to_get_data(empty_house):
    def told(role):
        body = body_of(empty_house.app, "home-body.children")
        return empty_house.client(role).post("/_dash-update-component", json=body, headers=SAME_ORIGIN).text

    assert "operator role" in told("viewer")
    assert "Import a file" in told("operator")
    assert "Load sample data" in told("operator")
    assert "Load sample data" not in told("viewer")


def test_an_operator_loads_the_sample_with_one_click(empty_house):
    key = next(key for key in empty_house.app.callback_map if key.startswith("..home-job.data"))
    body = body_of(empty_house.app, key)
    body["inputs"][0]["value"] = 1
    answer = empty_house.client("operator").post("/_dash-update-component", json=body, headers=SAME_ORIGIN)
    assert answer.status_code == 200
    operator = empty_house.services.login.principal(empty_house.tokens["operator"])
    job = empty_house.services.jobs.recent(operator, 1)[0]
    assert (job.kind, job.arguments["source"], job.state) == ("refresh", "sample", "queued")
