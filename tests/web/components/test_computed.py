"""What was computed on demand leaves as it is on the screen, and only while it is kept."""

from __future__ import annotations

import io
import json
from typing import Any
from urllib.parse import parse_qsl

import pandas as pd
import pytest
import python_calamine

from dashapp.services import churn as churn_service
from dashapp.services import scoring
from dashapp.services.access import Role
from dashapp.services.computations import Request
from dashapp.web.background import Plan
from dashapp.web.components import churn, recompute
from dashapp.web.components.basics import table_words
from dashapp.web.components.computed import Answered
from tests.web.conftest import House

pytestmark = pytest.mark.slow

VIEW = {"country": "Germany"}
ASKED = {
    "overview": {"model": "mbg_nbd", "days": "730", "rate": "7.5", "margin": "40"},
    "retention": {"churn_days": "60", "churn_above": "62.5"},
}


class Steps:
    def step(self, name: str, fraction: float, message: str = "") -> None: ...


def _planned(house: House, answer: Answered) -> Plan:
    facts = house.services.snapshots.current().facts
    if answer.page == "overview":
        return recompute.planned(facts, *ASKED["overview"].values(), VIEW)
    return churn.planned(facts, *ASKED["retention"].values(), VIEW)


@pytest.fixture(scope="module", params=[recompute.ANSWER, churn.ANSWER], ids=lambda answer: answer.page)
def kept(request: Any, house: House) -> tuple[Answered, dict[str, Any], Any]:
    """A result of each panel, computed and kept for analysts, with what the screen shows of it."""
    answer = request.param
    plan = _planned(house, answer)
    compute = {"overview": scoring.recompute, "retention": churn_service.compute}[answer.page]
    result = json.loads(json.dumps(compute(plan.arguments, Steps(), house.services.settings)))
    key = Request(answer.function, plan.arguments, plan.snapshot_id, Role.ANALYST.value).key
    house.services.results.put(f"result/{key}", {"value": result})
    show = {"overview": recompute.show, "retention": churn.show}[answer.page]
    return answer, result, show(result)[0]


def _book(house: House, path: str, query: dict[str, str], role: str = "analyst") -> python_calamine.CalamineWorkbook:
    answer = house.client(role).get(path, query_string=query)
    assert answer.status_code == 200
    return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(answer.data))


def test_its_files_hold_the_rows_of_the_screen_by_the_address_the_screen_carries(house: House, kept: Any) -> None:
    answer, result, screen = kept
    carried = dict(parse_qsl(getattr(screen, "data-scope")))
    assert carried == VIEW | ASKED[answer.page]
    for part in answer.parts:
        built = part.build(result)
        table = built if isinstance(built, pd.DataFrame) else built.table
        book = _book(house, f"/export/page/{answer.page}/{part.name}.xlsx", carried)
        head, *rows = book.get_sheet_by_index(0).to_python()
        assert head == list(table.columns)
        found = pd.DataFrame(rows, columns=head).replace("", None).infer_objects()
        assert table_words(found).rows == table_words(table.infer_objects()).rows != []


def test_the_workbook_of_its_page_holds_it(house: House, kept: Any) -> None:
    answer, _, _ = kept
    names = _book(house, f"/export/page/{answer.page}.xlsx", VIEW | ASKED[answer.page]).sheet_names
    assert {part.title[:31] for part in answer.parts} <= set(names)


def test_what_is_not_kept_is_said_once_with_what_to_press(house: House, kept: Any) -> None:
    answer, _, _ = kept
    book = _book(house, f"/export/page/{answer.page}.xlsx", ASKED[answer.page])
    first, *others = (part.title[:31] for part in answer.parts)
    assert "kept no longer" in str(book.get_sheet_by_name(first).to_python())
    assert f"Press {answer.verb}" in str(book.get_sheet_by_name("About").to_python())
    assert not set(others) & set(book.sheet_names)


def test_nobody_gets_what_was_computed_for_readers_who_see_more(house: House, kept: Any) -> None:
    """Roles share no result: the operator has to compute it."""
    answer, _, _ = kept
    path, query = f"/export/page/{answer.page}/{answer.parts[1].name}.xlsx", VIEW | ASKED[answer.page]
    assert "kept no longer" in str(_book(house, path, query, "operator").get_sheet_by_index(0).to_python())


def test_a_field_that_cannot_be_read_is_named(house: House, kept: Any) -> None:
    answer, _, _ = kept
    wrong = {key: "soon" for key in ASKED[answer.page]}
    book = _book(house, f"/export/page/{answer.page}/{answer.parts[0].name}.xlsx", wrong)
    assert "No table:" in str(book.get_sheet_by_index(0).to_python())
