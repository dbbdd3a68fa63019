"""The customers list as a value: it survives the address, and nothing from a browser reaches SQL by name."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashapp.domain import listing
from dashapp.domain.listing import DATES, DAYS, MAX_WORDS, NUMBERS, SCORES, SORTS, TEXTS, Limits, Listing, block, like
from dashapp.domain.vocabulary import CustomerState
from dashapp.errors import FilterError

words = st.text(st.characters(exclude_characters="|~", exclude_categories=["Cs"]), min_size=1, max_size=20)
numbers = st.floats(-1e6, 1e6).map(str)
days = st.dates().map(lambda day: day.isoformat())
limits = st.one_of(
    st.builds(Limits, st.sampled_from((*NUMBERS, *SCORES)), numbers, numbers | st.just("")),
    st.builds(Limits, st.sampled_from((*DATES, *DAYS)), days | st.just(""), days),
    st.builds(Limits, st.sampled_from(TEXTS), st.just(""), st.just(""), words),
)
listings = st.builds(
    Listing,
    search=words.map(str.strip).filter(lambda text: len(unicodedata.normalize("NFKD", text).split()) <= MAX_WORDS),
    sort=st.sampled_from(SORTS),
    descending=st.booleans(),
    states=st.sets(st.sampled_from(list(CustomerState))).map(lambda chosen: tuple(sorted(map(str, chosen)))),
    limits=st.lists(limits, max_size=5, unique_by=lambda limit: limit.column).map(tuple),
)


@given(listings)
def test_a_list_survives_the_address(asked: Listing) -> None:
    assert Listing.from_query(asked.to_query()) == asked


def test_the_default_list_has_an_empty_address() -> None:
    assert Listing().to_query() == {}
    assert Listing.from_query({"utm_source": "mail"}) == Listing()


@given(
    st.dictionaries(
        st.sampled_from(["search", "sort", "states", "limits"]), st.text("acl~|-_ 0.v", max_size=40) | st.integers()
    )
)
def test_any_address_gives_a_list_or_names_the_field(query: dict[str, Any]) -> None:
    try:
        read = Listing.from_query(query)
    except FilterError as refused:
        named = refused.field
        assert named
    else:
        assert read == Listing.from_query(read.to_query())


@given(listings)
def test_every_list_binds_the_same_parameters(asked: Listing) -> None:
    assert asked.parameters().keys() == Listing().parameters().keys()


@pytest.mark.parametrize(
    ("model", "bound"),
    [
        ({"clv": {"filterType": "number", "type": "greaterThanOrEqual", "filter": 100}}, {"clv_low": 100.0}),
        ({"clv": {"type": "inRange", "filter": 1, "filterTo": 2.5}}, {"clv_low": 1.0, "clv_high": 2.5}),
        ({"order_count": {"type": "equals", "filter": 0}}, {"order_count_low": 0.0, "order_count_high": 0.0}),
        ({"country": {"type": "contains", "filter": "5%"}}, {"country_like": "%5\\%%"}),
        ({"last_order_date": {"type": "lessThanOrEqual", "dateFrom": "2024-02-01 00:00:00", "dateTo": None}}, {}),
    ],
)
def test_the_grids_filters_become_bounds(model: dict[str, Any], bound: dict[str, Any]) -> None:
    found = Listing.from_grid("", [], [{"colId": "net_sales", "sort": "asc"}], model)
    given_values = {name: value for name, value in found.parameters().items() if value not in (None, [])}
    assert given_values | bound == given_values
    assert (found.sort, found.descending) == ("net_sales", False)


@pytest.mark.parametrize(
    ("field", "call"),
    [
        ("sort", lambda: Listing.from_grid("", [], [{"colId": "clv; drop table", "sort": "asc"}], {})),
        ("email", lambda: Listing.from_grid("", [], [], {"email": {"type": "contains", "filter": "a"}})),
        ("clv", lambda: Listing.from_grid("", [], [], {"clv": {"type": "contains", "filter": "a"}})),
        ("clv", lambda: Listing.from_grid("", [], [], {"clv": {"type": "greaterThanOrEqual", "filter": "nan"}})),
        ("clv", lambda: Listing.from_grid("", [], [], {"clv": {"type": "notEqual", "filter": 1}})),
        ("states", lambda: Listing(states=("dead",))),
        ("search", lambda: Listing(search="x" * 101)),
        ("limits", lambda: Listing(limits=(Limits("clv", "1"), Limits("clv", "2")))),
        ("rows", lambda: block(0, listing.MAX_ROWS + 1)),
        ("rows", lambda: block(-1, 10)),
        ("rows", lambda: block("0", 10)),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(field: str, call: Any) -> None:
    with pytest.raises(FilterError) as refused:
        call()
    assert refused.value.field == field


def test_a_search_takes_wildcards_as_they_are() -> None:
    assert like("a_b\\") == "%a\\_b\\\\%"
