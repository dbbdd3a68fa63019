"""What leaves of a page equals what is on its screen, and every page that shows cards can be taken out."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import pytest
import python_calamine
from flask import g

from dashapp.charts import catalogue
from dashapp.domain.cohort_view import CohortView
from dashapp.domain.filters import Filters
from dashapp.errors import RenderFailed
from dashapp.services import render, sheets
from dashapp.services.access import Principal, Role
from dashapp.services.card_files import NO_TABLE, Asked
from dashapp.store.annotations import Text
from dashapp.web import printed
from dashapp.web.components import churn, cohort_table, export_menu
from dashapp.web.components.basics import table_words
from dashapp.web.components.cohort_words import words
from dashapp.web.frame import discover
from dashapp.web.gate import CALLBACKS
from dashapp.web.page import Page
from dashapp.web.pages import product
from tests.web.conftest import SAME_ORIGIN, House, body_of, render_page

pytestmark = pytest.mark.slow

PAGES = [page for page in discover() if page.shows and not page.has_variables]
QUERY = {"country": "Germany", "range": "l12m"}
AT = datetime(2026, 1, 2, 10, 0, tzinfo=UTC)
by_name = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def _components(part: Any) -> Iterator[dict[str, Any]]:
    """Every component of a rendered page, in reading order."""
    if isinstance(part, dict):
        if isinstance(part.get("props"), dict):
            yield part["props"]
        for value in part.values():
            yield from _components(value)
    elif isinstance(part, list):
        for item in part:
            yield from _components(item)


def _layout(house: House, page: Page) -> list[dict[str, Any]]:
    return list(_components(render_page(house.client("analyst"), page.path).json))


def _cards(components: list[dict[str, Any]]) -> dict[str, str]:
    """Id of each chart card to the name of its chart."""
    return {props["id"]: props["data-chart"] for props in components if "data-chart" in props}


def _figures(components: list[dict[str, Any]]) -> list[str]:
    return [props["id"] for props in components if props.get("className") == "kpi-card"]


def _seen(part: Any) -> Iterator[str]:
    """The texts of a component as the browser gets it, without those for screen readers alone."""
    if isinstance(part, dict):
        props = part["props"]
        if "visually-hidden" not in str(props.get("className")):
            yield from _seen(props.get("tree", props.get("children")))
    elif isinstance(part, list):
        for item in part:
            yield from _seen(item)
    elif part is not None:
        yield str(part)


def _screen(house: House, page: Page, outputs: list[str]) -> dict[str, Any]:
    """What the callbacks of the page answer for these outputs."""
    found: dict[str, Any] = {}
    there = {props["id"]: props for props in _layout(house, page) if isinstance(props.get("id"), str)}
    for key in [key for key in house.app.callback_map if any(f"{name}.." in f"{key}." for name in outputs)]:
        body = body_of(house.app, key)
        for item in body["inputs"]:
            item["value"] = QUERY if item["id"] == "filters" else there.get(item["id"], {}).get(item["property"], True)
        found |= house.client("analyst").post(CALLBACKS, json=body, headers=SAME_ORIGIN).json["response"]
    return found


def _asked(house: House, page: Page) -> Asked:
    filters = Filters.from_query(QUERY) if page.filters else Filters()
    return Asked(house.services.snapshots.current(), filters, "analyst", AT, compares="compare" in page.filters)


def _words(frame: pd.DataFrame) -> list[list[Any]]:
    return table_words(frame.replace("", None).infer_objects()).rows


@by_name
def test_workbook_and_print_of_a_page_hold_what_its_callback_returned(house: House, page: Page) -> None:
    cards = _cards(_layout(house, page))
    screen = _screen(house, page, [f"{card}.data-table" for card in cards])
    answer = house.client("operator").get(f"/export/page/{page.name}.xlsx", query_string=QUERY)
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
    document = printed.document(page, page.shows.cards(*_view(house, page)), _asked(house, page))
    for card, name in cards.items():
        place = page.shows.charts.index(name)
        on_paper = document["cards"][place]
        head, *rows = book.get_sheet_by_name(book.sheet_names[place + bool(page.shows.metrics)]).to_python()
        told = screen[card]["data-table"]
        if told == "":
            assert rows[0][0].startswith(NO_TABLE)
            assert (on_paper["figure"], on_paper["rows"]) == (None, [])
            continue
        shown = json.loads(told)
        assert on_paper["title"] == catalogue.chart(name).title
        assert (on_paper["columns"], on_paper["rows"]) == (shown["columns"], shown["rows"])
        assert head == shown["columns"]
        assert _words(pd.DataFrame(rows, columns=head)) == shown["rows"]
        assert on_paper["summary"] == screen[card.removesuffix("-graph") + "-caption"]["children"]


def _view(house: House, page: Page) -> tuple[Any, Filters]:
    asked = _asked(house, page)
    return asked.snapshot, asked.filters


@by_name
def test_key_figures_on_paper_and_in_the_workbook_are_those_of_the_screen(house: House, page: Page) -> None:
    figures = _figures(_layout(house, page))
    if not figures:
        assert not page.shows.metrics
        return
    screen = _screen(house, page, [f"{figure}-body.children" for figure in figures])
    shown = page.shows.cards(*_view(house, page))
    document = printed.document(page, shown, _asked(house, page))
    for figure, on_paper in zip(figures, document["figures"], strict=True):
        value, *details = screen[f"{figure}-body"]["children"]
        assert on_paper["value"] == " · ".join(_seen(value))
        said = json.dumps(details, ensure_ascii=False)
        assert all(text in said for line in on_paper["details"] for text in line.split(" · "))


@by_name
def test_a_card_as_a_file_is_the_card_on_the_screen(house: House, page: Page) -> None:
    """One card of each page: CSV and XLSX say the same rows as its table."""
    cards = _cards(_layout(house, page))
    if not cards:  # a page by tabs that begins with a list
        return
    card, name = next(iter(cards.items()))
    told = _screen(house, page, [f"{card}.data-table"])[card]["data-table"]
    client, query = house.client("analyst"), QUERY if page.filters else {}
    text = client.get(f"/export/chart/{name}.csv", query_string=query).data.decode("utf-8-sig")
    book = client.get(f"/export/chart/{name}.xlsx", query_string=query).data
    if told == "":
        return
    shown = json.loads(told)
    sheet, about = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(book)).sheet_names
    head, *rows = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_name(sheet).to_python()
    assert about == "About"
    assert _words(pd.DataFrame(rows, columns=head)) == shown["rows"]
    assert _words(pd.read_csv(io.StringIO(text))) == shown["rows"]


def test_every_page_with_filters_and_charts_says_what_it_shows(house: House) -> None:
    for page in discover():
        if page.has_variables:
            continue
        components = _layout(house, page)
        charts, figures = tuple(_cards(components).values()), _figures(components)
        if page.filters and charts:
            assert page.shows is not None, f"{page.path} shows charts and has no `shows`"
        if page.shows:
            assert set(charts) <= set(page.shows.charts), page.path  # a page by tabs shows some of them at a time
            assert len(page.shows.metrics) == len(figures), page.path
            assert all(figure.endswith(name) for figure, name in zip(figures, page.shows.metrics, strict=True))


def test_the_menu_is_on_pages_that_can_be_exported_and_only_there(house: House) -> None:
    for page in discover():
        if not page.has_variables:
            offered = [props for props in _layout(house, page) if props.get("id") == "export-page-go"]
            assert len(offered) == (1 if page.shows else 0), page.path


def _book(answer: Any) -> python_calamine.CalamineWorkbook:
    assert answer.status_code == 200, answer.text
    return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(answer.data))


@pytest.mark.parametrize(
    ("page", "of", "sheets"),
    [
        ("customers-customer", "customer_id", ["Purchases", "What is known", "Latest lines"]),
        ("products-product_id", "product_id", ["Key figures", "What is known of it", "Bought together"]),
    ],
)
def test_the_page_of_one_leaves_with_its_figures_and_nobodys_name(
    house: House, page: str, of: str, sheets: list[str]
) -> None:
    snapshot = house.services.snapshots.current()
    one = snapshot._rows(f"select min({of}) as name from marts.{page.partition('-')[0]}", {})[0]["name"]
    client = house.client("analyst")
    book = _book(client.get(f"/export/page/{page}.xlsx", query_string={"of": one, "range": "all"}))
    assert set(sheets) <= set(book.sheet_names)
    about = dict(book.get_sheet_by_name("About").to_python())
    assert about["Content"].split(",")[0].endswith(one)
    known = {str(row[0]): row[1] for row in book.get_sheet_by_name(sheets[1]).to_python()}
    assert known[of] == one
    assert "email" not in known
    document = printed.document(*_printed(house, page, one))
    assert {card["title"] for card in document["cards"]} | {"Key figures", "About"} >= set(book.sheet_names)
    assert client.get(f"/export/page/{page}.xlsx", query_string={"of": "nobody"}).status_code == 404
    assert house.client("viewer").get(f"/export/page/{page}.xlsx", query_string={"of": one}).status_code == 403


def _printed(house: House, name: str, one: str) -> tuple[Page, Any, Asked]:
    page = next(page for page in discover() if page.name == name)
    snapshot = house.services.snapshots.current()
    shown = page.shows.cards(snapshot, Filters(range="all"), asked={"of": one})
    return page, shown, Asked(snapshot, Filters(range="all"), "analyst", AT, one)


@pytest.mark.parametrize(
    ("page", "tables"), [("retention", ["cohorts"]), ("segments", ["groups", "thresholds", "quarters"]),
                         ("products", ["board", "bundles", "entries"]), ("lab", ["steps", "curve", "scenario"])],
)  # fmt: skip
def test_what_is_no_chart_leaves_with_its_page_and_alone(house: House, page: str, tables: list[str]) -> None:
    client = house.client("analyst")
    book = _book(client.get(f"/export/page/{page}.xlsx", query_string={"range": "all"}))
    shows = next(one for one in discover() if one.name == page).shows
    on_demand = {part.name for part in churn.ANSWER.parts}  # tests/web/components/test_computed.py has those
    ready = [spec for spec in shows.tables if spec.name not in on_demand]
    assert [spec.name for spec in ready] == tables
    for spec in ready:
        alone = _book(client.get(f"/export/page/{page}/{spec.name}.xlsx", query_string={"range": "all"}))
        sheet = sheets.sheet_name(spec.title, [])
        rows = alone.get_sheet_by_name(sheet).to_python()
        assert len(rows) > 1
        assert rows == book.get_sheet_by_name(sheet).to_python()
        assert spec.definition in str(alone.get_sheet_by_name("About").to_python())
    assert client.get(f"/export/page/{page}/evil.zip").status_code == 404


def test_the_cohorts_in_the_file_are_those_of_the_matrix(house: House) -> None:
    query = {"range": "all", "metric": "value", "by": "quarter", "count": "until"}
    book = _book(house.client("analyst").get("/export/page/retention/cohorts.xlsx", query_string=query))
    head, *rows = book.get_sheet_by_name("Cohorts").to_python()
    snapshot, filters, view = house.services.snapshots.current(), Filters(range="all"), CohortView.from_query(query)
    drawn = json.loads(cohort_table.values(snapshot, filters, view)[0])
    assert [row[head.index("Cohort")] for row in rows] == [row["head"] for row in drawn["rows"]]
    first = head.index("M0")
    for row, told in zip(rows, drawn["rows"], strict=True):
        shown = [cell[0] if cell else "–" for cell in told["cells"]]
        assert [words(value if value != "" else None, view) for value in row[first : first + len(shown)]] == shown


def test_the_picture_of_the_matrix_says_what_its_cells_say(house: House) -> None:
    query = {"range": "all", "metric": "value", "count": "until"}
    snapshot, filters, view = house.services.snapshots.current(), Filters(range="all"), CohortView.from_query(query)
    drawn = json.loads(cohort_table.values(snapshot, filters, view)[0])
    figure = cohort_table.picture_of(snapshot, filters, query)
    assert figure
    assert figure["layout"]["xaxis"]["title"]["text"] in drawn["caption"]
    for trace, row in zip(reversed(figure["data"]), drawn["rows"], strict=True):
        assert trace["name"].startswith(row["head"])
        texts = [text.removeprefix("<i>").split("*")[0].split(" ")[0] for text in trace["text"]]
        assert texts == [cell[0] if cell else "" for cell in row["cells"]]
    marks = "".join(text for trace in figure["data"] for text in trace["text"])
    assert marks.count("◆") == sum(bool(cell and cell[3]) for row in drawn["rows"] for cell in row["cells"]) > 0
    assert marks.count("<i>") == sum(
        bool(cell and cell[1] == "ahead") for row in drawn["rows"] for cell in row["cells"]
    )


@pytest.mark.browser
def test_the_matrix_leaves_as_an_image_with_its_words(house: House) -> None:
    try:
        render.find_browser(house.services.settings)
    except RenderFailed as error:
        pytest.skip(error.message)
    client = house.client("analyst")
    svg, png = (client.get(f"/export/page/retention/cohorts.{kind}?country=Germany") for kind in ("svg", "png"))
    render.shared(house.services.settings).close()
    assert all(word in svg.text for word in ("<svg", "country Germany", "Cohorts", "bracket"))
    assert png.data.startswith(b"\x89PNG")
    assert client.get("/export/page/retention/churn.png").status_code == 404


def test_a_page_that_is_not_there_or_not_allowed_is_not_exported(house: House) -> None:
    assert house.client("analyst").get("/export/page/evil.xlsx").status_code == 404
    assert house.client("analyst").get("/export/page/customers.xlsx").status_code == 404
    assert house.client("viewer").get("/export/page/overview.xlsx").status_code == 403
    assert house.client("analyst").get("/export/page/overview.xlsx?range=evil").status_code == 422


@pytest.fixture
def noted(house: House) -> Iterator[str]:
    """A note of the team on a day of March 2025, there as long as the test."""
    ann = Principal(1, "ann", Role.ANALYST, "")
    made = house.services.annotations.add(
        Text(date(2025, 3, 10), date(2025, 3, 10), "Spring sale", "all", "", False), ann
    )
    yield "10 Mar 2025, Spring sale (ann)"
    house.services.annotations.remove(made.added or 0, ann)


def test_a_note_leaves_with_the_charts_it_stands_on(house: House, noted: str) -> None:
    client, snapshot = house.client("analyst"), house.services.snapshots.current()
    best = snapshot._rows("select product_key from marts.products order by buyers desc nulls last limit 1", {})[0]
    for chart, query in (("revenue_trend", QUERY), ("product_life", best)):
        text = client.get(f"/export/chart/{chart}.csv", query_string=query).data.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text)))
        told = {row["Notes"] for row in rows if "Mar 2025" in next(iter(row.values()))}
        assert told == {noted}
        assert sum(row["Notes"] == noted for row in rows) == 1
    answer = client.get("/export/page/overview.xlsx", query_string=QUERY)
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
    assert noted in str(book.get_sheet_by_index(1).to_python())


def test_a_note_stands_on_paper_and_on_the_page_of_a_product(house: House, noted: str) -> None:
    page = next(page for page in PAGES if page.name == "overview")
    asked = {"page": "overview", "search": "?country=Germany"}
    with house.app.server.test_request_context():
        g.principal = Principal(1, "ann", Role.ANALYST, "")
        plan = export_menu.plan(house.services, [page], asked)
    assert noted in json.dumps(plan.arguments["document"]["cards"][0], default=str)
    flags = house.services.annotations.flags(Principal(1, "ann", Role.ANALYST, ""), Filters())
    snapshot = house.services.snapshots.current()
    best = snapshot._rows("select product_id from marts.products order by buyers desc nulls last limit 1", {})[0]
    assert noted in str(product.show(snapshot, best["product_id"], flags))
