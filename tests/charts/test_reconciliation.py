"""The bridges from the files to the margin: what no step explains has a bar and a sentence of its own."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest

from dashapp.charts import files_bridge, margin_bridge, refund_timing
from dashapp.charts.kit import chain
from tests.charts.frames import trace, view

ROWS = [
    ("files", "files", "from", 12, 100.0),
    ("files", "header", "step", -1, 0.0),
    ("files", "rejected", "step", -1, -10.0),
    ("files", "accepted", "to", 10, 90.0),
    ("rounding", "booked", "to", 10, 90.0),
    ("sales", "gross_sales", "step", 9, 95.0),
    ("sales", "returns", "step", 1, -5.0),
    ("sales", "net_sales", "to", 10, 90.0),
    ("margin", "net_sales", "from", 10, 90.0),
    ("margin", "uncosted", "step", -2, -20.0),
    ("margin", "cost_of_goods", "step", 0, -30.0),
    ("margin", "margin", "to", 8, 40.0),
]


def rows(**changed: dict[str, Any]) -> pd.DataFrame:
    """The chain, with other values in the rows of the given parts."""
    frame = pd.DataFrame(ROWS, columns=["section", "part", "role", "lines", "amount"])
    frame["line_difference"] = pd.array([0 if role == "to" else pd.NA for role in frame["role"]], dtype="Int64")
    frame["amount_difference"] = [0.0 if role == "to" else None for role in frame["role"]]
    for part, values in changed.items():
        for column, value in values.items():
            frame.loc[frame["part"] == part, column] = value
    return frame


@pytest.mark.parametrize("module", [files_bridge, margin_bridge])
def test_a_chain_that_closes_says_so_and_draws_only_steps_with_money(module: Any) -> None:
    chart = module.build(rows(), view())
    go.Figure(chart.figure)
    assert "Every step closes" in chart.summary
    names = trace(chart, "Bridge")["y"]
    assert chain.UNACCOUNTED not in names
    assert "Header lines" not in names
    assert {"In the files", "All lines, in cents"} <= set(names) or names[0] == "Gross sales"


def test_money_no_step_explains_has_a_bar_and_is_told_in_the_sentence() -> None:
    found = rows(accepted={"amount": 93.0, "amount_difference": 3.0}, booked={"amount": 93.0})
    chart = files_bridge.build(found, view())
    bars = dict(zip(trace(chart, "Bridge")["y"], trace(chart, "Bridge")["x"], strict=True))
    assert bars == {
        "In the files": 100.0,
        "Rejected still": -10.0,
        "Not accounted for": 3.0,
        "All lines, in cents": 93.0,
    }
    assert "does not close: files to accepted lines by 0 lines and £3.00" in chart.summary


def test_the_margin_bridge_names_lines_without_a_cost() -> None:
    chart = margin_bridge.build(rows(), view())
    assert trace(chart, "Bridge")["y"] == [
        "Gross sales", "Money back", "Net sales", "Lines without a cost", "Cost of goods", "Margin",
    ]  # fmt: skip
    assert "margin is £40; 2 lines lack a cost" in chart.summary


def test_without_costs_the_bridge_ends_at_net_sales() -> None:
    nothing = {"amount": None, "amount_difference": None}
    chart = margin_bridge.build(rows(uncosted=nothing, cost_of_goods=nothing, margin=nothing), view())
    assert trace(chart, "Bridge")["y"] == ["Gross sales", "Money back", "Net sales"]
    assert "There is no margin: no costs were loaded, and 2 lines lack a cost." in chart.summary


@pytest.mark.parametrize(("dated", "drawn"), [("refund", [60.0, 80.0]), ("order", [50.0, 90.0]), ("x", [60.0, 80.0])])
def test_the_choice_moves_refunds_between_months_and_the_table_holds_both(dated: str, drawn: list[float]) -> None:
    frame = pd.DataFrame(
        {
            "dated": dated,
            "month": pd.to_datetime(["2024-01-01", "2024-02-01"]),
            "gross_sales": [60.0, 90.0],
            "refunds_by_refund": [0.0, -10.0],
            "refunds_by_order": [-10.0, 0.0],
            "net_by_refund": [60.0, 80.0],
            "net_by_order": [50.0, 90.0],
            "unlinked_refunds": [0.0, 0.0],
        }
    )
    chart = refund_timing.build(frame, view())
    go.Figure(chart.figure)
    assert list(trace(chart, "Net sales")["y"]) == drawn
    assert list(chart.table["Difference"]) == [-10.0, 10.0]
    assert "at most £10" in chart.summary
