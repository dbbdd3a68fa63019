"""Saved views on the pages: the menu and what it does, short links, the default view, the start page."""

from __future__ import annotations

from typing import Any

import pytest

from dashapp.services.access import Principal
from dashapp.web.components import palette, views_menu
from tests.web.conftest import SAME_ORIGIN, House, body_of, open_house, render_page

MENU = "..views-list.children...views-said.children...views-name.value.."


@pytest.fixture(scope="module")
def own(sample_warehouse, tmp_path_factory) -> House:
    """A house in which views are kept: the shared one stays without."""
    return open_house(tmp_path_factory.mktemp("views"), sample_warehouse)


def reader(house: House, role: str) -> Principal:
    found = house.services.login.principal(house.tokens[role])
    assert found
    return found


def ask(house: House, role: str, pathname: Any, **asked: Any) -> Any:
    body = body_of(house.app, MENU)
    body["inputs"][0]["value"] = asked
    body["state"][0]["value"] = pathname
    return house.client(role).post("/_dash-update-component", json=body, headers=SAME_ORIGIN)


def save(
    house: House, role: str, name: str, path: str = "/overview", search: str = "?range=lq&junk=1", **more: Any
) -> str:
    said = ask(house, role, path, act="save", name=name, search=search, **more)
    assert f"Saved “{name}”" in str(said.json), said.text
    return next(view.code for view in house.services.views.seen(reader(house, role), path) if view.name == name)


@pytest.mark.slow
def test_a_saved_view_is_listed_linked_and_opens_what_was_shown(own: House) -> None:
    code = save(own, "analyst", "Quarter", on=True)
    listed = str(render_page(own.client("viewer"), "/overview").json)
    assert "/overview?range=lq" in listed
    assert f"/v/{code}" in listed
    answer = own.client("viewer").get(f"/v/{code}")
    assert (answer.status_code, answer.location) == (302, "/overview?range=lq")
    assert own.client("viewer").get(f"/v/{code}?as_of=7").location == "/overview?range=lq&as_of=7"
    assert own.client().get(f"/v/{code}").location.startswith("/login?next=%2Fv%2F")


def test_a_link_to_nothing_to_somebody_elses_and_to_a_closed_page_is_the_same_404(own: House) -> None:
    private = save(own, "analyst", "Mine")
    views = own.services.views
    closed = views.save(reader(own, "admin"), "Desk", "/quality", {"show": "all"}, is_team=True).code
    gone = views.save(reader(own, "admin"), "Old", "/no-page", {}, is_team=True).code
    pages = [own.client("viewer").get(f"/v/{code}") for code in ("nobody", private, closed, gone)]
    assert {page.status_code for page in pages} == {404}
    assert all("There is no such view" in page.text for page in pages)
    assert own.client("admin").get(f"/v/{closed}").location == "/quality?show=all"


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example", "/\\evil.example", "/overview\r\nX: 1"])
def test_a_link_leads_to_our_own_pages_only(own: House, path: str) -> None:
    code = own.services.views.save(reader(own, "admin"), path, path, {}, is_team=True).code
    assert own.client("admin").get(f"/v/{code}").status_code == 404


def test_the_default_view_opens_the_page_says_so_and_leads_back(own: House) -> None:
    code = save(own, "operator", "Spring", search="?range=lm&country=France")
    ask(own, "operator", "/overview", act="default", code=code, on=True)
    opened = str(render_page(own.client("operator"), "/overview").json)
    assert "Opened with your default view" in opened
    assert "{'country': 'France', 'range': 'lm'}" in opened.replace(
        "'range': 'lm', 'country': 'France'", "'country': 'France', 'range': 'lm'"
    )
    assert "/overview?view=plain" in opened
    for search in ("?view=plain", "?range=l90d"):
        assert "Opened with" not in render_page(own.client("operator"), "/overview", search).text
    assert "Opened with" not in render_page(own.client("viewer"), "/overview").text


def test_a_deleted_view_can_be_had_back(own: House) -> None:
    code = save(own, "viewer", "Oops")
    said = str(ask(own, "viewer", "/overview", act="remove", code=code).json)
    assert "Deleted “Oops”" in said
    assert "Undo" in said
    assert own.client("viewer").get(f"/v/{code}").status_code == 404
    assert "is back" in str(ask(own, "viewer", "/overview", act="restore", code=code).json)
    assert own.client("viewer").get(f"/v/{code}").status_code == 302


def test_only_what_one_may_do_is_offered(own: House) -> None:
    views = [own.services.views.save(reader(own, "analyst"), "Offer", "/retention", {}, is_team=True)]
    offered = {role: str(views_menu.rows(views, reader(own, role))) for role in ("analyst", "viewer", "admin")}
    assert all(word in offered["analyst"] for word in ("'Delete'", "'Rename'", "'Replace by what is shown'"))
    assert "'Delete'" in offered["admin"]
    assert "'Rename'" not in offered["admin"]
    assert "'Delete'" not in offered["viewer"]


def test_a_viewer_keeps_no_view_of_a_page_that_is_not_theirs(own: House) -> None:
    for pathname in ("/quality", "/", "/nope", None, 5):
        answer = ask(own, "viewer", pathname, act="save", name="X", search="")
        assert "This page has no views" in answer.text, pathname
    assert "cannot be done" in ask(own, "viewer", "/overview", act="explode").text


def test_home_lists_what_is_starred_unless_its_page_is_closed_to_the_reader(own: House) -> None:
    views, viewer, admin = own.services.views, reader(own, "viewer"), reader(own, "admin")
    for name, path in (("Open one", "/retention"), ("Closed one", "/quality")):
        views.star(viewer, views.save(admin, name, path, {}, is_team=True).code, starred=True)
    body = body_of(own.app, "home-body.children")
    text = own.client("viewer").post("/_dash-update-component", json=body, headers=SAME_ORIGIN).text
    assert "Open one" in text
    assert "Closed one" not in text


def found(house: House, role: str, text: Any) -> dict[str, list[str]]:
    body = body_of(house.app, "palette-found.data")
    body["inputs"][0]["value"] = {"text": text}
    answer = house.client(role).post("/_dash-update-component", json=body, headers=SAME_ORIGIN).json
    groups = answer["response"]["palette-found"]["data"]["groups"]
    return {group["title"]: [row["href"] for row in group["rows"]] for group in groups}


def test_the_palette_finds_pages_views_customers_and_products_that_the_reader_may_open(own: House) -> None:
    save(own, "analyst", "Quality of France")
    assert found(own, "analyst", "quality") == {
        "Pages": ["/quality"],
        "Saved views": ["/overview?range=lq"],
    }
    assert "/quality" not in str(found(own, "viewer", "quality"))
    assert found(own, "viewer", "c-00001") == {"Customers": ["/customers/C-00001"]}
    product = (
        own.services.snapshots.current().frame("products_found", words="%", start="", limit=1)["product_id"].iloc[0]
    )
    assert any(str(product) in href for href in found(own, "viewer", product)["Products"])
    assert all(len(rows) <= 10 for rows in found(own, "analyst", "a").values())


@pytest.mark.parametrize("text", ["zzzz-nothing", "'; drop table", 5, None, "x" * 5000])
def test_what_means_nothing_finds_at_most_pages(own: House, text: Any) -> None:
    assert set(found(own, "analyst", text)) <= {"Pages", "Saved views"}


def test_before_there_are_data_the_palette_knows_the_pages(empty_house: House) -> None:
    assert found(empty_house, "admin", "over") == {"Pages": ["/overview"]}


@pytest.mark.slow
def test_the_sheet_names_the_pages_one_may_open(house: House) -> None:
    sheets = {role: str(house.client(role).get("/_dash-layout").json) for role in ("viewer", "analyst")}
    assert "'data-path': '/customers'" in sheets["viewer"]
    assert "'data-path': '/data'" not in sheets["viewer"]
    assert "'data-path': '/data'" in sheets["analyst"]
    assert palette.DIALOG in sheets["viewer"]
