"""Small answers in the shape the queries declare, and a moment to draw them for."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from dashapp.charts.chart import Chart, View
from dashapp.domain.filters import Filters

UNTIL = date(2024, 11, 19)


def view(**filters: Any) -> View:
    return View(Filters(**filters), date(2022, 1, 5), UNTIL, "GBP", 365)


def trend_rows() -> pd.DataFrame:
    """Two months of now and two of a year before."""
    columns = ["series", "bucket", "customer_type", "gross_sales", "returns", "value", "orders"]
    rows = [
        ("current", "2024-10-01", "new", 100.0, 10.0, 90.0, 4),
        ("current", "2024-10-01", "returning", 200.0, 0.0, 200.0, 5),
        ("current", "2024-11-01", "returning", 80.0, 0.0, 80.0, 2),
        ("current", "2024-11-01", "return", 0.0, 25.0, -25.0, 0),
        ("previous", "2023-10-01", "", None, None, 150.0, 3),
        ("previous", "2023-11-01", "", None, None, 50.0, 1),
    ]
    return pd.DataFrame(rows, columns=columns).assign(bucket=lambda f: pd.to_datetime(f["bucket"]))


def cohorts() -> pd.DataFrame:
    """100 customers seen for two whole months, 300 for one; the last month of each is unfinished."""
    columns = ["cohort_month", "month_number", "customers", "active_customers", "returned_customers", "value"]
    rows = [
        ("2024-08-01", 0, 100, 100, 0, 1000.0),
        ("2024-08-01", 1, 100, 40, 40, 1400.0),
        ("2024-08-01", 2, 100, 20, 50, 1500.0),
        ("2024-08-01", 3, 100, 90, 95, 1900.0),
        ("2024-09-01", 0, 300, 300, 0, 6000.0),
        ("2024-09-01", 1, 300, 60, 60, 6600.0),
        ("2024-09-01", 2, 300, 270, 280, 9000.0),
    ]
    frame = pd.DataFrame(rows, columns=columns).assign(cohort_month=lambda f: pd.to_datetime(f["cohort_month"]))
    ahead = ("share", "share_low", "share_high", "value_ahead", "value_ahead_low", "value_ahead_high")
    nothing = dict.fromkeys(ahead, float("nan"))
    return frame.assign(
        is_complete=[True, True, True, False, True, True, False], is_predicted=False, series="current", **nothing
    )


def trace(chart: Chart, name: str) -> dict[str, Any]:
    assert chart.figure is not None
    return next(trace for trace in chart.figure["data"] if trace["name"] == name)
