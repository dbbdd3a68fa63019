"""Products for programs: the numbers of the pages, under the new and the old addresses."""

from __future__ import annotations

from typing import Any

import pytest

from dashapp.domain.filters import Filters
from dashapp.domain.product_listing import ProductListing
from dashapp.services import charting
from dashapp.web.components import product_figures
from dashapp.web.pages import products
from tests.web.conftest import House
from tests.web.schema import mismatches

WHERE = "/api/v1/products"


def get(house: House, path: str = WHERE, query: Any = None, role: str = "viewer") -> Any:
    return house.client(role).get(path, query_string=query, follow_redirects=True)


@pytest.mark.parametrize("query", [{}, {"stages": "decline|maturity", "sort": "product_name"}, {"category": "Kitchen"}])
def test_pages_joined_are_the_list_of_the_grid(house: House, query: dict[str, str]) -> None:
    screen, *_ = products.show_list(house.services.snapshots.current(), ProductListing.from_query(query), 500, 0)
    got: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = get(house, query=query | {"limit": "17"} | ({"cursor": cursor} if cursor else {})).json
        got += answer["products"]
        cursor = answer["next"]
        assert answer["total"] == screen["rowCount"]
    told = [name for name in screen["rowData"][0] if name not in ("stage", "starter_words", "trend")]
    assert [{name: row[name] for name in told} for row in got] == [
        {name: row[name] for name in told} for row in screen["rowData"]
    ]
    assert [row["trend"] for row in got] == [[float(u) for u in row["trend"].split()] for row in screen["rowData"]]


def test_the_old_address_answers_with_the_same_numbers(house: House) -> None:
    old = house.client("viewer").get("/api/product/analytics?limit=3")
    assert (old.status_code, old.location) == (308, f"{WHERE}?limit=3")
    assert get(house, "/api/product/analytics", {"limit": "3"}).json == get(house, query={"limit": "3"}).json
    assert house.client().get("/api/product/analytics", follow_redirects=True).status_code == 401


def test_one_product_has_the_figures_of_its_page(house: House) -> None:
    snapshot = house.services.snapshots.current()
    listed = get(house, query={"limit": "1"}).json["products"][0]
    answer = get(house, f"{WHERE}/{listed['product_id']}").json
    one = answer["product"]
    assert {name: one[name] for name in listed if name in one} == {n: v for n, v in listed.items() if n in one}
    key = int(snapshot.row("product_profile", product=listed["product_id"])["product_key"])
    frame = snapshot.frame("product_figures", Filters(range="all"), product_key=key)
    figures = {figure.name: value.value for figure, value in product_figures.measured(frame, has_costs=True)}
    for name in ("net_sales", "units", "buyers", "repeat_rate", "return_rate", "first_purchase_share"):
        assert figures[name] == pytest.approx(one[name]), name
    assert answer["partners"] == [] or {"lift", "later_lift", "support"} <= set(answer["partners"][0])


def test_the_stages_are_those_of_the_map_and_the_moves(house: House) -> None:
    snapshot = house.services.snapshots.current()
    answer = get(house, "/api/v1/product-lifecycle").json
    map_ = charting.draw("product_stage_map", snapshot, Filters()).table
    moves = charting.draw("product_moves", snapshot, Filters()).table
    assert [row["products"] for row in answer["stages"]] == list(map_["Products"])
    assert [row["net_sales"] for row in answer["stages"]] == pytest.approx(list(map_["Net sales"]))
    assert [row["products"] for row in answer["moves"]] == list(moves["Products"])[::-1]


@pytest.mark.parametrize(
    ("path", "operation"),
    [
        (WHERE, WHERE),
        (f"{WHERE}?sort=-starter_value&limit=2", WHERE),
        (f"{WHERE}?stages=gone", WHERE),
        (f"{WHERE}/P-001", f"{WHERE}/{{product_id}}"),
        (f"{WHERE}/nothing", f"{WHERE}/{{product_id}}"),
        ("/api/v1/product-lifecycle", "/api/v1/product-lifecycle"),
    ],
)
def test_an_answer_is_what_the_document_says(house: House, path: str, operation: str) -> None:
    document = get(house, "/api/v1/openapi.json").json
    answer = get(house, path)
    promised = document["paths"][operation]["get"]["responses"][str(answer.status_code)]["content"]
    assert mismatches(answer.json, promised[answer.content_type]["schema"], document) == []


def test_a_code_not_in_the_catalogue_is_not_found_in_words(house: House) -> None:
    answer = get(house, f"{WHERE}/nothing")
    assert answer.status_code == 404
    assert "not in the catalogue" in answer.json["detail"]


def test_before_there_is_data_programs_are_told_so(empty_house: House) -> None:
    for path in (WHERE, f"{WHERE}/P-001", "/api/v1/product-lifecycle"):
        assert get(empty_house, path).status_code == 503
