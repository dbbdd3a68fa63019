"""What a page reads of its address: known keys stay, others go and are named, none stand for the default view."""

from __future__ import annotations

from datetime import UTC, datetime
from inspect import signature
from urllib.parse import urlencode

import pytest
from dash import html
from hypothesis import given
from hypothesis import strategies as st

from dashapp.domain.filters import Filters
from dashapp.domain.listing import Listing
from dashapp.domain.ranges import RANGES
from dashapp.store.views import View
from dashapp.web import address
from dashapp.web.frame import discover
from dashapp.web.page import Page
from tests.domain.test_filters import any_filters
from tests.web.conftest import House, render_page

AT = datetime(2026, 1, 1, tzinfo=UTC)
PAGE = next(page for page in discover() if page.path == "/customers")
garbage = st.dictionaries(
    st.text(max_size=8), st.text(max_size=8) | st.lists(st.text(max_size=4), max_size=2), max_size=4
)


def view(query: str) -> View:
    return View(1, "abc", "South", "/customers", query, 1, "ann", False, AT, AT, None, None, None, True)


@given(any_filters())
def test_what_a_view_keeps_leads_back_to_the_same_filters(filters: Filters) -> None:
    kept = address.to_keep(PAGE, "?" + urlencode(filters.to_query() | {"as_of": "3", "junk": "x"}))
    assert address.to_keep(PAGE, urlencode(sorted(kept.items()))) == kept
    assert Filters.from_query(kept) == filters
    assert not {"as_of", "junk"} & set(kept)


@given(garbage)
def test_whatever_stands_in_an_address_is_known_or_named_as_dropped(given_query: dict[str, object]) -> None:
    read = address.read(PAGE, given_query, ())
    assert set(read.query) <= address.keys(PAGE)
    assert set(read.query) | set(read.dropped) | {"as_of", "view"} >= set(given_query)
    Filters.usable(read.query)


@given(any_filters(), garbage)
def test_one_bad_value_takes_no_good_one_with_it(filters: Filters, more: dict[str, object]) -> None:
    asked = filters.to_query() | {"cohort": "March"}
    found, refused = Filters.usable(asked | {name: more[name] for name in set(more) - set(Filters.keys())})
    assert [error.field for error in refused] == ["cohort"]
    assert found.country == filters.country
    assert found.range == filters.range


def test_a_layout_says_by_its_arguments_what_it_reads() -> None:
    def layout(run: str = "", **_: object) -> html.Div:
        return html.Div(run)

    page = Page("/x", "X", "home:read", layout, lambda *_: None, keys=("tab",))
    assert address.keys(page) == {"run", "tab"}
    assert set(Listing(search="a", sort="country", states=("lapsed",)).to_query()) <= address.keys(PAGE)


@pytest.mark.parametrize("page", discover(), ids=lambda page: page.path)
def test_a_page_that_takes_the_whole_address_declares_what_it_reads_of_it(page: Page) -> None:
    rest = [name for name, given in signature(page.layout).parameters.items() if given.kind is given.VAR_KEYWORD]
    assert page.keys or rest in ([], ["_"], ["filters"]), "Page(keys=...) says what layout reads by **address"


def test_a_page_of_one_thing_keeps_its_views_under_its_own_path() -> None:
    one = Page("/products/<code>", "Product", "overview:read", lambda **_: None, lambda *_: None)
    assert address.place(PAGE, "/customers") == "/customers"
    assert address.place(one, "/products/P%201") == "/products/P%201"
    assert address.place(one, "/products/a\r\nX:\\b") == "/products/a%0D%0AX%3A%5Cb"


def test_an_empty_address_stands_for_the_default_view_and_any_other_for_itself() -> None:
    default = view("country=France&states=lapsed")
    read = address.read(PAGE, {"as_of": "2"}, [default])
    assert (read.view, read.query) == (default, {"country": "France", "states": "lapsed"})
    for given_query in ({"view": "plain"}, {"country": "Spain"}, {"search": "x"}):
        assert address.read(PAGE, given_query, [default]).view is None


def test_relative_ranges_are_ten_at_least_and_stay_relative() -> None:
    assert len(RANGES) >= 10
    for name in set(RANGES) - {"l12m"}:
        assert address.to_keep(PAGE, f"?range={name}") == {"range": name}


@pytest.mark.parametrize(
    ("search", "told"),
    [
        ("?utm_source=mail&range=l90d", "does not know “utm_source”"),
        ("?range=l90d&cohort=March", "'March' is not a month"),
        ("?a=1&b=2&c=3&d=4", "“a”, “b”, “c” and 1 more"),
    ],
)
def test_what_is_dropped_is_said_and_the_rest_is_shown(house: House, search: str, told: str) -> None:
    text = render_page(house.client("viewer"), "/overview", search).text
    assert told in text
    assert ('"range":"l90d"' in text) == ("l90d" in search)


def test_an_address_that_the_page_knows_is_not_remarked_on(house: House) -> None:
    for path, search in (
        ("/customers", "?search=c-1&sort=-net_sales&range=l7d"),
        ("/quality", "?show=all"),
        ("/data", "?run=1"),
    ):
        assert "does not know" not in render_page(house.client("admin"), path, search).text
