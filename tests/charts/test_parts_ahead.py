"""Sales ahead by part: a table that adds up, an error where it may be judged, and a reason where not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest

from dashapp.charts import forecast_by_channel
from tests.charts.frames import view

CUTS = [date(2023, 11, 19), date(2024, 5, 19)]


def rows(tested: Any = (400, 40), errors: Any = ((-0.10, 0.30), (0.9, 0.9))) -> pd.DataFrame:
    return pd.DataFrame(
        [
            (month, name, 500 - 400 * place, 100.004 - 90 * place, CUTS, list(errors[place]), tested[place])
            for month in ("2024-12-01", "2025-01-01")
            for place, name in enumerate(("Web", "Shop"))
        ],
        columns=["month", "name", "customers", "sales", "cut_offs", "errors", "tested"],
    )


def test_parts_are_stacked_and_the_table_adds_up() -> None:
    chart = forecast_by_channel.CHART.build(rows(), view())
    go.Figure(chart.figure)
    table = chart.table.set_index("Part")
    assert list(table.columns[1:4]) == ["Dec 2024", "Jan 2025", "All months"]
    assert table.loc["All", "All months"] == pytest.approx(table.loc[["Web", "Shop"], "All months"].sum(), abs=0.01)


def test_a_part_with_few_customers_has_a_reason_and_no_error() -> None:
    chart = forecast_by_channel.CHART.build(rows(), view())
    told = chart.table.set_index("Part")["Error in earlier windows"]
    assert told["Web"] == "−10.0\u00a0% (19 Nov 2023), +30.0\u00a0% (19 May 2024)"
    assert told["Shop"] == "Only 40 customers at a cut-off; 100 are needed."
    assert "largest for Web (+10.0\u00a0%). 1 of 2 parts cannot be judged" in chart.summary


@pytest.mark.parametrize(("tested", "reason"), [((pd.NA, pd.NA), "No earlier window"), ((9, 9), "Only 9 customers")])
def test_where_no_part_can_be_judged_the_sentence_says_why(tested: Any, reason: str) -> None:
    assert reason in forecast_by_channel.CHART.build(rows(tested), view()).summary


def test_one_part_or_none_is_no_split() -> None:
    one = rows()[lambda frame: frame["name"] == "Web"]
    for frame, words in ((one, "the same channel (Web)"), (rows().head(0), "no forecast by month")):
        chart = forecast_by_channel.CHART.build(frame, view())
        assert chart.figure is None
        assert words in chart.summary
