"""The products list as one value: an address says it all, and nonsense is named."""

from __future__ import annotations

from typing import Any

import pytest

from dashapp.domain.product_listing import KEYS, ProductListing
from dashapp.errors import FilterError

VIEWS = (
    ProductListing(),
    ProductListing("50%", ("decline", "dormant"), "Home & garden", "product_id", descending=False),
    ProductListing(sort="net_sales", descending=False),
    ProductListing(sort="units"),
)


@pytest.mark.parametrize("listing", VIEWS)
def test_an_address_gives_the_same_view_back(listing: ProductListing) -> None:
    assert ProductListing.from_query(listing.to_query()) == listing
    assert set(listing.to_query()) <= set(KEYS)


def test_the_default_view_has_no_address() -> None:
    assert ProductListing().to_query() == {}


def test_what_the_grid_sends_is_what_its_address_says() -> None:
    grid = ProductListing.from_grid(" cup ", ["dormant", "decline"], "Home", [{"colId": "units", "sort": "asc"}])
    assert grid == ProductListing.from_query(
        {"search": "cup", "stages": "decline|dormant", "category": "Home", "sort": "units"}
    )


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"stages": "decline|gone"}, "stages"),
        ({"search": "x" * 201}, "search"),
        ({"category": ["a", "b"]}, "category"),
        ({"sort": {"a": 1}}, "sort"),
    ],
)
def test_what_cannot_be_read_is_named(query: dict[str, Any], field: str) -> None:
    with pytest.raises(FilterError) as refusal:
        ProductListing.from_query(query)
    assert refusal.value.field == field


@pytest.mark.parametrize("sent", [{"stages": "decline"}, {"sort": ["units"]}, {"search": 7}])
def test_a_grid_that_sends_nonsense_is_refused(sent: dict[str, Any]) -> None:
    with pytest.raises(FilterError):
        ProductListing.from_grid(sent.get("search"), sent.get("stages"), "", sent.get("sort"))
