"""The cohort matrix: its numbers, what is told of a cell, where it leads, what it says when something is missing."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any
from urllib.parse import parse_qs, urlparse

import pandas as pd
import pytest

from dashapp.domain.cohort_view import WORDS, CohortView
from dashapp.domain.filters import Filters
from dashapp.domain.listing import Listing
from dashapp.domain.ranges import Period
from dashapp.domain.vocabulary import Basis
from dashapp.errors import FilterError
from dashapp.services import customers
from dashapp.services.access import Principal, Role
from dashapp.services.customers import Rows
from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshot, Snapshots
from dashapp.web.components import cohort_table
from dashapp.web.components.cohort_cells import Cell, rows_of
from dashapp.web.pages import retention

NAN = float("nan")
VIEWER = Principal(1, "vic", Role.VIEWER, "")
EVERYTHING = Filters(range="all")


@pytest.fixture(scope="module")
def snapshot(sample_warehouse: Settings) -> Snapshot:
    return Snapshots(sample_warehouse).current()


def answer() -> pd.DataFrame:
    """January 10 customers, February 30; March is not over. January is expected to have 20 % buyers in month 3."""
    columns = ["cohort_month", "month_number", "customers", "active_customers", "returned_customers", "orders", "value"]
    rows = [
        ("2024-01-01", 0, 10, 10, 0, 12, 100.0), ("2024-01-01", 1, 10, 4, 4, 17, 150.0),
        ("2024-01-01", 2, 10, 2, 5, 19, 170.0), ("2024-02-01", 0, 30, 30, 0, 30, 600.0),
        ("2024-02-01", 1, 30, 3, 3, 33, 660.0), ("2024-01-01", 3, 10, 0, 0, 0, NAN),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(
        name="", cohort_month=pd.to_datetime(frame["cohort_month"]), margin=frame["value"] / 2,
        is_complete=[True, True, False, True, False, False], is_predicted=[False] * 5 + [True],
        share=[NAN] * 5 + [0.2], share_low=[NAN] * 5 + [0.1], share_high=[NAN] * 5 + [0.3],
        value_ahead=[NAN] * 5 + [5.0], value_ahead_low=[NAN] * 5 + [2.0], value_ahead_high=[NAN] * 5 + [9.0],
    )  # fmt: skip


def cells(**view: Any) -> dict[str, list[Cell]]:
    rows = rows_of(answer(), CohortView(**view), {}, Basis.NET_SALES)
    return {row.label: list(row.cells) for row in rows}


def numbers(**view: Any) -> dict[str, list[float]]:
    return {label: [cell.value for cell in row if cell.kind != "ahead"] for label, row in cells(**view).items()}


def test_the_row_of_all_weighs_customers_and_takes_no_month_that_is_not_over() -> None:
    found = numbers(metric="value", count="until")
    assert found == {"All cohorts": [17.5, 15.0], "Jan 2024": [10.0, 15.0, 17.0], "Feb 2024": [20.0, 22.0]}


def test_in_a_month_and_by_a_month_are_told_apart() -> None:
    assert numbers()["Jan 2024"] == [1.0, 0.4, 0.2]
    assert numbers(count="until")["Jan 2024"] == [0.4, 0.5]
    assert numbers(metric="margin")["Jan 2024"] == [5.0, 2.5, 1.0]
    assert numbers(metric="orders", count="until")["Jan 2024"] == [1.2, 1.7, 1.9]
    assert numbers(metric="aov")["Jan 2024"] == [pytest.approx(100 / 12), 10.0, 10.0]
    assert numbers(unit="total")["Jan 2024"] == [10.0, 4.0, 2.0]


def test_a_quarter_is_its_months_and_whole_only_when_all_of_them_are() -> None:
    """Month 1 of January is over, that of February is not; month 2 has January alone."""
    row = cells(by="quarter")["Q1 2024"]
    assert [(cell.value, cell.customers, cell.kind) for cell in row] == [
        (1.0, 40, ""), (7 / 40, 40, "open"), (0.2, 10, "open"),
    ]  # fmt: skip


def test_predicted_cells_carry_their_bounds_and_can_be_hidden() -> None:
    last = cells()["Jan 2024"][-1]
    assert (last.month, last.kind, last.value, last.low, last.high, last.step) == (3, "ahead", 0.2, 0.1, 0.3, None)
    value = cells(metric="value", count="until")["Jan 2024"][-1]
    assert (value.value, value.low, value.high) == (22.0, 19.0, 26.0)
    assert [cell.kind for cell in cells(ahead="off")["Jan 2024"]] == ["", "", "open"]
    assert "ahead" not in {cell.kind for cell in cells(metric="value")["Jan 2024"]}


def test_colours_run_over_all_cohorts_or_within_each() -> None:
    assert cells()["Jan 2024"][1].step == 0  # the only whole month after that of the first purchase
    each = cells(metric="value", count="until", scale="row")
    assert [cell.step for cell in each["Jan 2024"]][:3] == [0, 7, None]


def drawn(snapshot: Snapshot, filters: Filters = EVERYTHING, **view: Any) -> tuple[dict[str, Any], str, str]:
    told, unpaid, notes = cohort_table.values(snapshot, filters, CohortView(**view))
    return json.loads(told or "{}"), str(unpaid), str(notes)


VIEWS = [
    dict(zip(("by", "split", "metric", "count", "unit"), values, strict=True))
    for values in product(*(WORDS[name][1] for name in ("by", "split", "metric", "count", "unit")))
]


@pytest.mark.slow
def test_every_view_of_the_sample_has_a_sentence_for_every_cell(snapshot: Snapshot) -> None:
    for view in VIEWS[::19]:
        told, _, _ = drawn(snapshot, **view)
        width = len(told["columns"]) - 5
        assert told["rows"]
        assert all(len(row["cells"]) == width and len(row["facts"]) == 4 for row in told["rows"])
        assert not [cell for row in told["rows"] for cell in row["cells"] if cell and "nan" in cell[4]]


def test_the_payback_cell_is_the_one_whose_margin_reaches_the_cost(snapshot: Snapshot) -> None:
    told, _, _ = drawn(snapshot, metric="margin", count="until", ahead="off")
    paid = [row for row in told["rows"] if row["href"] and any(cell and cell[3] for cell in row["cells"])]
    assert len(paid) > 5
    for row in paid:
        place = next(month for month, cell in enumerate(row["cells"]) if cell and cell[3])
        cost = float(row["facts"][1].strip("€"))
        assert row["facts"][3] == f"month {place}"
        assert float(row["cells"][place][0]) >= cost - 1
        assert place == 0 or float(row["cells"][place - 1][0]) <= cost + 1


@pytest.mark.parametrize(
    ("filters", "view"),
    [
        (EVERYTHING, {}),
        (Filters(range="all", country=("Germany",)), {"by": "quarter"}),
        (EVERYTHING, {"split": "channel"}),
        (Filters(range="custom", start=date(2024, 3, 10), end=date(2024, 8, 20)), {"by": "quarter"}),
    ],
)
def test_a_cohort_leads_to_as_many_customers_as_it_counts(snapshot: Snapshot, filters: Filters, view: Any) -> None:
    told, _, _ = drawn(snapshot, filters, **view)
    rows = [row for row in told["rows"] if row["href"]]
    for row in (rows[0], rows[-1]):
        query = {key: values[0] for key, values in parse_qs(urlparse(row["href"]).query).items()}
        asked = Filters.from_query(query), Listing.from_query(query)
        found = customers.matching(snapshot, *asked, VIEWER, Rows(1)).chosen["customers"].sum()
        assert f"{found:,}" == row["facts"][0]


def test_who_has_not_paid_back_is_named_with_a_link_and_the_months_expected(snapshot: Snapshot) -> None:
    _, unpaid, _ = drawn(snapshot)
    assert "Not paid back" in unpaid
    assert "href='/customers?cohort=2025-06'" in unpaid
    assert "not yet, 80\\xa0%: month" in unpaid


@pytest.mark.slow
def test_where_spend_cannot_be_told_apart_cost_is_blank_and_says_why(snapshot: Snapshot) -> None:
    told, unpaid, notes = drawn(snapshot, Filters(range="all", country=("Germany",)))
    assert {row["facts"][1] for row in told["rows"]} == {"–"}
    assert "Remove country" in notes
    assert unpaid == "[]"
    assert "the split by country" in drawn(snapshot, split="country")[2]
    bare = Unpaid(snapshot)
    told, unpaid, notes = drawn(bare, split="channel")
    assert ({row["facts"][1] for row in told["rows"]}, unpaid) == ({"–"}, "[]")
    assert "load marketing spend" in notes


class Unpaid(Snapshot):
    """The same snapshot, where nobody loaded any spend."""

    def __init__(self, known: Snapshot) -> None:
        self.__dict__ |= known.__dict__ | {"facts": replace(known.facts, has_spend=False)}


def test_the_first_cohort_is_said_to_hold_older_customers(snapshot: Snapshot) -> None:
    assert "Jan 2023 holds everyone who bought before the data begin" in drawn(snapshot)[2]
    assert "holds everyone" not in drawn(snapshot, Filters())[2]


def test_a_month_that_the_period_cuts_lists_only_the_days_that_count() -> None:
    months = [date(2024, 3, 1), date(2024, 4, 1)]
    assert cohort_table._cut(months, Period(date(2024, 3, 10), date(2024, 8, 20))) == {
        "limits": "first_order_date~2024-03-10~2024-04-30~"
    }
    assert cohort_table._cut(months, Period(date(2024, 3, 1), date(2024, 4, 30))) == {}


def test_an_empty_view_says_so_and_garbage_in_the_address_is_refused(snapshot: Snapshot) -> None:
    told, _, notes = drawn(snapshot, Filters(country=("Atlantis",)))
    assert told == {}
    assert "No customer first bought in this view" in notes
    with pytest.raises(FilterError):
        retention.layout(metric="everything")
    assert retention.layout(metric="margin", unknown="x")


def test_the_page_answers_every_output(snapshot: Snapshot) -> None:
    outputs = len(retention.METRICS) + 4 * len(retention.CHARTS) + len(cohort_table.outputs())
    assert len(retention.show(snapshot, Filters(), CohortView(horizon="90"))) == outputs
