"""Key figures for programs: each equals what its page shows under the same filters."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dashapp.domain.filters import Filters
from dashapp.services.showing import Showing
from dashapp.store import metrics
from dashapp.web import format as fmt
from dashapp.web.components.kpi import kpi_values
from dashapp.web.frame import discover
from dashapp.web.page import Page
from tests.web.conftest import House
from tests.web.schema import mismatches

WHERE = "/api/v1/metrics"
PAGES = [page for page in discover() if page.shows and page.shows.metrics]


def get(house: House, query: dict[str, str] | None = None, role: str = "viewer") -> Any:
    return house.client(role).get(WHERE, query_string=query)


@pytest.mark.parametrize("query", [{}, {"range": "lq", "country": "Germany", "compare": "previous_period"}])
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_figure_is_what_its_page_shows(house: House, page: Page, query: dict[str, str]) -> None:
    snapshot = house.services.snapshots.current()
    assert page.shows is not None
    cards = Showing(page.shows.metrics, compares=True).cards(snapshot, Filters.from_query(query)).figures
    answer = get(house, query | {"metrics": "|".join(page.shows.metrics)})
    assert answer.status_code == 200, answer.text
    told = answer.json["metrics"]
    assert [one["name"] for one in told] == list(page.shows.metrics)
    currency = answer.json["snapshot"]["currency"]
    for one, (figure, card), body in zip(told, cards, kpi_values(cards, currency, "before"), strict=True):
        shown = json.dumps(body, default=lambda part: part.to_plotly_json(), ensure_ascii=False)
        said = one["reason"] if one["value"] is None else fmt.value_of(one["value"], one["unit"], currency)
        assert json.dumps(said, ensure_ascii=False)[1:-1] in shown
        assert (one["previous"], one["n"], one["low"]) == (card.previous, card.n, card.low)
        assert (one["label"], one["definition"], one["formula"]) == (figure.label, figure.definition, figure.formula)


def test_an_answer_is_what_the_document_says_and_holds_every_figure(house: House) -> None:
    document = house.client("viewer").get("/api/v1/openapi.json").json
    schema = document["paths"][WHERE]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    for query in ({}, {"range": "all"}):
        answer = get(house, query).json
        assert mismatches(answer, schema, document) == []
        assert [one["name"] for one in answer["metrics"]] == list(metrics.names())


@pytest.mark.parametrize(
    ("query", "field"),
    [({"metrics": "evil"}, "metrics"), ({"range": "evil"}, "range"), ({"segment_of": "x"}, "segment_of")],
)
def test_what_is_not_known_is_refused_as_problem_json_that_names_it(
    house: House, query: dict[str, str], field: str
) -> None:
    answer = get(house, query)
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert answer.json["errors"][0]["field"] == field


@pytest.mark.slow
def test_strangers_get_no_figure(house: House, empty_house: House) -> None:
    assert get(house, role="").status_code == 401
    assert get(empty_house).status_code == 503
