"""Programs get what the pages show: the same customers, order, figures and masking, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dashapp.domain.filters import Filters
from dashapp.domain.listing import Listing
from dashapp.services import customers
from dashapp.services.access import Principal, Role
from dashapp.services.customers import Rows
from dashapp.web import api
from tests.web.conftest import House
from tests.web.schema import mismatches

ANALYST = Principal(2, "ann", Role.ANALYST, "")
WHERE = "/api/v1/customers"


def get(house: House, query: dict[str, Any] | None = None, role: str = "analyst", path: str = WHERE) -> Any:
    return house.client(role).get(path, query_string=query)


def pages(house: House, **query: Any) -> Iterator[dict[str, Any]]:
    cursor = ""
    while cursor is not None:
        answer = get(house, query | ({"cursor": cursor} if cursor else {}))
        assert answer.status_code == 200, answer.text
        yield answer.json
        cursor = answer.json["next"]


@pytest.mark.parametrize(
    "query",
    [
        {"country": "Germany", "states": "lapsed|at_risk"},
        {"sort": "segment"},
        {"sort": "-average_gap_days", "segment": "Loyal|Dormant"},
        {"search": "a", "sort": "-net_sales"},
        {"limits": "clv~50~~|country~~~an", "sort": "clv"},
    ],
)
@pytest.mark.slow
def test_pages_joined_are_the_list_of_the_grid(house: House, query: dict[str, str]) -> None:
    snapshot = house.services.snapshots.current()
    grid = customers.matching(snapshot, Filters.from_query(query), Listing.from_query(query), ANALYST, Rows(1000))
    got = list(pages(house, **query, limit=23))
    rows = [row for page in got for row in page["customers"]]
    assert 0 < len(rows) == grid.count
    assert {page["total"] for page in got} == {grid.count}
    assert rows == api.rows(grid.rows.drop(columns=["customer_key", "place"]))
    assert all(len(page["customers"]) <= 23 for page in got)


def test_one_customer_is_the_one_of_the_page_by_the_shops_id_only(house: House) -> None:
    listed = get(house, {"limit": 1}).json["customers"][0]
    one = get(house, path=f"{WHERE}/{listed['customer_id']}").json["customer"]
    assert {name: one[name] for name in listed} == listed
    answer = get(house, path=f"{WHERE}/1")
    assert (answer.status_code, answer.json["type"]) == (404, "urn:tenure:NotFound")
    assert answer.content_type == "application/problem+json"


def test_names_and_addresses_are_for_whoever_may_see_them_and_every_look_is_noted(house: House) -> None:
    journal = house.services.journal
    before = journal.recent(1)[0]
    for path in (WHERE, f"{WHERE}/C-00001"):
        assert "@" not in get(house, role="viewer", path=path).text
    assert not {"customer_name", "email"} & set(get(house, role="viewer").json["customers"][0])
    assert journal.recent(1)[0] == before
    assert {"customer_name", "email"} <= set(get(house).json["customers"][0])
    assert get(house, path=f"{WHERE}/C-00001").json["customer"]["email"]
    looks = journal.recent(2)
    assert {(look.event, look.actor) for look in looks} == {
        ("customer:contact_viewed", "user:analyst"),
        ("customer:contacts_listed", "user:analyst"),
    }


def test_a_viewer_cannot_learn_whether_an_address_exists(house: House) -> None:
    mail = get(house, {"limit": 1}).json["customers"][0]["email"]
    assert get(house, {"search": mail}).json["total"] == 1
    real, invented = (get(house, {"search": text}, role="viewer") for text in (mail, "qq@qq.invalid"))
    assert real.json == invented.json
    assert real.json["total"] == 0


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"sort": "email"}, "sort"),
        ({"sort": "-clv; drop table"}, "sort"),
        ({"states": "dead"}, "states"),
        ({"segment": "Nobody"}, "segment"),
        ({"cohort": "yesterday"}, "cohort"),
        ({"limits": "clv~nan~~"}, "clv"),
        ({"limits": "email~~~a"}, "email"),
        ({"search": "x" * 101}, "search"),
        ({"limit": "0"}, "limit"),
        ({"limit": "501"}, "limit"),
        ({"limit": "٣"}, "limit"),
        ({"cursor": "garbage"}, "cursor"),
        ({"cursor": "bnVsbA"}, "cursor"),
        ({"range": "l90d"}, "range"),
        ({"limit": ["1", "2"]}, "limit"),
    ],
)
def test_what_cannot_be_used_is_a_problem_that_names_the_field(house: House, query: dict[str, Any], field: str) -> None:
    answer = get(house, query)
    assert answer.status_code == 422, answer.text
    assert answer.content_type == "application/problem+json"
    assert [error["field"] for error in answer.json["errors"]] == [field]


def test_a_cursor_holds_for_its_list_and_its_snapshot_only(house: House) -> None:
    cursor = get(house, {"limit": 5}).json["next"]
    assert get(house, {"limit": 7, "cursor": cursor}).status_code == 200
    assert get(house, {"sort": "clv", "cursor": cursor}).json["errors"][0]["field"] == "cursor"
    old = api.Cursor("000000-gone", api.view_hash({}), 3, 0).text()
    answer = get(house, {"cursor": old})
    assert (answer.status_code, answer.json["type"]) == (410, "urn:tenure:Gone")


def test_strangers_and_wrong_addresses_get_problems_not_pages(house: House) -> None:
    stranger = house.client().get(WHERE)
    assert (stranger.status_code, stranger.json["type"]) == (401, "urn:tenure:NotSignedIn")
    assert house.client().get("/api/v1/nothing").status_code == 401
    nothing = get(house, path="/api/v1/nothing")
    assert (nothing.status_code, nothing.content_type) == (404, "application/problem+json")


@pytest.mark.slow
def test_before_there_is_data_programs_are_told_so(empty_house: House) -> None:
    answer = get(empty_house)
    assert (answer.status_code, answer.json["type"]) == (503, "urn:tenure:NoSnapshot")


def test_every_address_of_the_api_is_in_the_document_and_no_other(house: House) -> None:
    told = get(house, path="/api/v1/openapi.json").json["paths"]
    rules = [rule for rule in house.app.server.url_map.iter_rules() if rule.rule.startswith("/api/v1/")]
    there = {(rule.rule.replace("<", "{").replace(">", "}"), m) for rule in rules for m in rule.methods or ()}
    assert {(path, method.upper()) for path, item in told.items() for method in item} == {
        (path, method) for path, method in there if method not in ("HEAD", "OPTIONS")
    }
    assert all(operation["summary"] for item in told.values() for operation in item.values())


@pytest.mark.parametrize("role", ["viewer", "analyst"])
@pytest.mark.parametrize(
    ("path", "operation"),
    [
        (WHERE, WHERE),
        (f"{WHERE}?search=c-0000x&sort=average_gap_days", WHERE),
        (f"{WHERE}/C-00001", f"{WHERE}/{{customer_id}}"),
        (f"{WHERE}/nobody", f"{WHERE}/{{customer_id}}"),
        (f"{WHERE}?limit=none", WHERE),
    ],
)
def test_an_answer_is_what_the_document_says(house: House, path: str, operation: str, role: str) -> None:
    document = get(house, path="/api/v1/openapi.json").json
    answer = get(house, path=path, role=role)
    promised = document["paths"][operation]["get"]["responses"][str(answer.status_code)]["content"]
    assert mismatches(answer.json, promised[answer.content_type]["schema"], document) == []
