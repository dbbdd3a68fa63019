"""Every page opens for everyone who may see it, with data and without, whatever stands in the address."""

from __future__ import annotations

import pytest

from dashapp.services.access import PERMISSIONS, Role
from tests.web.conftest import ROLES, House, render_page

GARBAGE = (
    "?range=nonsense",
    "?country=" + "x" * 300,
    "?segment=Nobody&cid=99",
    "?a=1&a=2&%00=%ff&pathname=/x",
    "?start=2020-01-01",
)


def paths(house: House) -> list[str]:
    return [page.path.replace("<customer_id>", "nobody") for page in house.app.server.extensions["tenure"].pages]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.slow
def test_every_page_opens_for_those_who_may(house, role):
    for page in house.app.server.extensions["tenure"].pages:
        answer = render_page(house.client(role), page.path.replace("<customer_id>", "nobody"))
        allowed = list(Role).index(Role(role)) >= list(Role).index(PERMISSIONS[page.permission])
        assert answer.status_code == (200 if allowed else 403), (page.path, answer.text[:500])


@pytest.mark.parametrize("search", GARBAGE)
@pytest.mark.slow
def test_garbage_in_the_address_gives_the_default_view_and_a_notice(house, search):
    for path in paths(house):
        answer = render_page(house.client("admin"), path, search)
        assert answer.status_code == 200
        assert "could not be shown" not in answer.text, (path, search)
    if "range" in search:
        assert "There is no date range" in render_page(house.client("admin"), "/overview", search).text


@pytest.mark.slow
def test_every_page_opens_before_there_is_data(empty_house):
    for path in paths(empty_house):
        answer = render_page(empty_house.client("admin"), path)
        assert answer.status_code == 200
        assert "could not be shown" not in answer.text, path


@pytest.mark.parametrize("path", ["/overview", "/retention", "/customers", "/products", "/lab"])
def test_before_there_is_data_one_sentence_stands_instead_of_cards_that_wait(empty_house, path):
    drawn = render_page(empty_house.client("analyst"), path).text
    assert "No data has been loaded yet." in drawn
    assert "Go to the home page" in drawn
    assert "python -m etl" not in drawn, "a reader of the web has no shell"
    assert "chart-card" not in drawn


@pytest.mark.parametrize(
    ("path", "status"),
    [("/customers/C-00001", 200), ("/customers/nobody", 404), ("/nope", 404), ("/", 200), ("/overview", 200)],
)
def test_the_document_says_404_where_there_is_nothing_and_the_frame_is_there_all_the_same(house, path, status):
    answer = house.client("viewer").get(path)
    assert answer.status_code == status
    assert "_dash-config" in answer.text
    drawn = render_page(house.client("viewer"), path).text
    assert ("There is no page" in drawn) == (path == "/nope")
    assert ("There is no customer" in drawn and "Go to Customers" in drawn) == (path == "/customers/nobody")


@pytest.mark.parametrize("path", ["/customers/C-00001", "/customers/nobody", "/nope"])
def test_a_stranger_does_not_learn_what_exists(house, path):
    answer = house.client().get(path)
    assert (answer.status_code, answer.location.split("?")[0]) == (302, "/login")


def test_before_there_is_data_a_customers_page_says_so_instead_of_404(empty_house):
    assert empty_house.client("viewer").get("/customers/C-00001").status_code == 200


def test_a_name_in_an_address_is_read_as_the_browser_wrote_it(house):
    assert "There is no customer" not in render_page(house.client("viewer"), "/customers/%43-00001").text
