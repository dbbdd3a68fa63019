"""A question that fails is told by the card it belongs to, with the id of its line in the log; the others go on."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import structlog

from dashapp.charts import catalogue
from dashapp.settings import Settings
from dashapp.store.metrics import METRICS
from dashapp.store.query import find
from dashapp.web.frame import discover
from dashapp.web.page import Page
from tests.web.conftest import House, open_house
from tests.web.test_states import pages, unfit
from tests.web.walking import visit

FAILED = re.compile(r"This could not be shown\. Request ([0-9a-f]{12})\.")
TOAST = '"shell-toast"'


def broken(folder: Path, sample: Settings, *marts: str, missing: bool = False) -> House:
    """The application on a copy of the sample whose `marts` answer every question with an error, or are not there."""
    warehouse = folder / "broken" / "warehouse"
    shutil.copytree(sample.data_dir / "warehouse", warehouse)
    pointer = warehouse / "CURRENT"
    told = json.loads(pointer.read_text())
    file = pointer.with_name(told["file"])
    with duckdb.connect(str(file)) as connection:
        connection.execute("delete from meta.answers")  # every question is asked anew
        for mart in marts:
            connection.execute(f"alter table marts.{mart} rename to kept_{mart}")
            if not missing:
                fault = f"select * from marts.kept_{mart} where error('broken') > ''"
                connection.execute(f"create view marts.{mart} as {fault}")
    pointer.write_text(json.dumps(told | {"sha256": hashlib.sha256(file.read_bytes()).hexdigest()}))
    return open_house(folder / "house", Settings(data_dir=folder / "broken"))


def answers(house: House, path: str) -> dict[str, Any]:
    """What each component of a page was told by the page's own callbacks, by `id.property`."""
    seen = visit(house, path, "analyst", "?range=all")
    told = [json.loads(text).get("response", {}) for text in seen.texts[1:] if text]
    return {f"{name}.{prop}": value for one in told for name, props in one.items() for prop, value in props.items()}


def cards(page: Page) -> dict[str, str]:
    """The part of each card that says its value, or why there is none, to the SQL it asks."""
    figures = {f"-{name}-body.children": find(name, METRICS).sql for name in page.shows.metrics}
    charts = {name: catalogue.chart(name) for name in page.shows.charts}
    asked = {f"-{name}-caption.children": find(spec.query).sql for name, spec in charts.items()}
    return figures | asked


def of(card: str, told: dict[str, Any]) -> str:
    return next(json.dumps(value, ensure_ascii=False) for name, value in told.items() if name.endswith(card))


def needs_days(sql: str) -> bool:
    """Whether it reads days where no filter is chosen; buyers of a period alone are counted from smaller tables."""
    return "marts.sales_days" in sql or ("marts.customer_days" in sql and "not {in_cube}" not in sql)


def is_value(text: str) -> bool:
    return not any(word in text for word in ("kpi-reason", '"state state-'))


@pytest.fixture(scope="module")
def without_days(sample_warehouse: Settings, tmp_path_factory: pytest.TempPathFactory) -> House:
    return broken(tmp_path_factory.mktemp("failing"), sample_warehouse, "customer_days", "sales_days")


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/overview", "/portfolio", "/retention", "/audit"])
def test_only_the_cards_whose_question_fails_say_so_and_offer_to_try_again(
    house: House, without_days: House, path: str
) -> None:
    page = next(page for page in discover() if page.path == path)
    well, ill = answers(house, path), answers(without_days, path)
    valued = {card: sql for card, sql in cards(page).items() if is_value(of(card, well))}
    failing = {card for card, sql in valued.items() if needs_days(sql)}
    told = {card: of(card, ill) for card in valued}
    assert 0 < len(failing) < len(valued)
    assert {card for card, text in told.items() if FAILED.search(text) and '"data-action": "again"' in text} == failing
    assert {card for card in valued if told[card] == of(card, well)} == set(valued) - failing


@pytest.mark.parametrize("missing", [False, True], ids=["fail", "are missing"])
def test_no_page_fails_as_a_whole_because_tables_do(
    house: House, sample_warehouse: Settings, tmp_path: Path, missing: bool
) -> None:
    ill = broken(tmp_path, sample_warehouse, "customers", "customer_days", "products", "order_lines", missing=missing)
    for path, _ in pages(house):
        seen = visit(ill, path)
        assert unfit(path, seen) == []
        assert TOAST not in seen.text, path
        assert "Traceback" not in seen.text
        assert "InvalidInput" not in seen.text


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What the log writes meanwhile."""
    before, written = structlog.get_config(), io.StringIO()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(file=written))
    yield written
    structlog.configure(**before)


def test_the_sentence_names_the_line_in_the_log(without_days: House, logged: io.StringIO) -> None:
    told = answers(without_days, "/portfolio")
    named = {name for text in map(str, told.values()) for name in FAILED.findall(text)}
    lines = [json.loads(line) for line in logged.getvalue().splitlines()]
    assert named
    assert named <= {line["request_id"] for line in lines if line["event"] == "part of a page failed"}
    assert any(line.get("part") == "chart/concentration_trend" and "broken" in line["exception"] for line in lines)
