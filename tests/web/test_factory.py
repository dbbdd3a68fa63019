"""Applications do not know of each other: two in one process each have their own pages, callbacks and data."""

from __future__ import annotations

import pytest
from dash import Input, Output, html

from dashapp.errors import SettingsError
from dashapp.settings import Settings
from dashapp.web.factory import create_app
from dashapp.web.page import Page
from dashapp.web.route import Route
from tests.web.conftest import House, render_page, settle


def probe(path, text):
    def wire(door, _):
        @door.callback(Output(f"probe-{text}", "children"), Input("filters", "data"))
        def answer(_):
            return text

    return Page(path, text, "home:read", lambda **_: html.P(text, id=f"probe-{text}"), wire)


def test_two_applications_in_one_process_keep_apart(tmp_path):
    houses = {}
    for name in ("first", "second"):
        services, tokens = settle(Settings(data_dir=tmp_path / name))
        houses[name] = House(create_app(services, pages=[probe(f"/{name}", name)]), services, tokens)
    for name, other in (("first", "second"), ("second", "first")):
        client = houses[name].client("viewer")
        assert f"probe-{name}.children" in houses[name].app.callback_map
        assert f"probe-{other}.children" not in houses[name].app.callback_map
        assert name in render_page(client, f"/{name}").text
        assert client.get(f"/{other}").status_code == 404
    stranger = houses["second"].app.server.test_client()
    stranger.set_cookie("tenure_session", houses["first"].tokens["admin"])
    assert stranger.get("/_dash-layout").status_code == 401


def test_a_route_with_an_unknown_permission_stops_the_start(tmp_path):
    services, _ = settle(Settings(data_dir=tmp_path))
    with pytest.raises(SettingsError, match="'nobody:may'"):
        create_app(services, routes=[Route("/x", "x", lambda _: "", "nobody:may")])


def test_a_page_that_fails_says_so_and_leaves_the_frame_standing(tmp_path):
    def broken(**_):
        raise ZeroDivisionError

    services, tokens = settle(Settings(data_dir=tmp_path))
    page = Page("/broken", "Broken", "home:read", broken, lambda door, services: None)
    house = House(create_app(services, pages=[page]), services, tokens)
    answer = render_page(house.client("viewer"), "/broken")
    assert answer.status_code == 200
    assert "This page could not be shown. Request" in answer.text
    assert "ZeroDivisionError" not in answer.text


def test_path_variables_win_over_the_query(tmp_path):
    page = Page(
        "/things/<thing>",
        "Thing",
        "home:read",
        lambda thing, **_: html.P(f"thing {thing}"),
        lambda door, services: None,
    )
    services, tokens = settle(Settings(data_dir=tmp_path))
    house = House(create_app(services, pages=[page]), services, tokens)
    assert "thing 42" in render_page(house.client("viewer"), "/things/42", "?thing=99&pathname=/things/7").text
