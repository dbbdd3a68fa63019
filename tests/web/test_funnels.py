"""Under a filter bar every card says which filters it heeds and which it cannot."""

from __future__ import annotations

import re

import pytest

from dashapp.domain.product_listing import ProductListing
from tests.web.conftest import House
from tests.web.walking import visit

CARD = re.compile(r'"className": ?"(?:chart-card is-waiting|kpi-card|card-plain|card-plain mini-card)"')
"A card as it comes; redraws change its class."
FUNNEL = re.compile(r'"title": ?"Filters used and ignored"')
PATHS = (
    "/overview", "/portfolio", "/audit", "/retention", "/segments", "/segments?tab=value", "/segments?tab=movement",
    "/customers", "/lab", "/products/{product}",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("path", PATHS)
def test_every_card_has_its_funnel(house: House, path: str) -> None:
    listed = house.services.snapshots.current().frame(
        "products_list", **ProductListing().parameters(), limit=1, offset=0
    )
    where, _, search = path.format(product=listed["product_id"].iloc[0]).partition("?")
    text = visit(house, where, search=f"?{search}").text
    assert len(FUNNEL.findall(text)) >= len(CARD.findall(text)) > 0
