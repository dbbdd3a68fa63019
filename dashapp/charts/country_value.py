"""Which countries bring customers, sales and lasting value."""

from __future__ import annotations

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, View
from dashapp.charts.kit.groups import grouped


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: name, customers, value, clv; sorted by value, the largest first."""
    return grouped(frame, view, "country")


CHART = ChartSpec(
    name="country_value",
    title="Countries",
    unit="Customers by first country, sales of the period, predicted value",
    definition="Customers by the country of their first purchase and the mean predicted residual value of each; "
    "sales of the period where they were made.",
    query="origin_value",
    parameters={"origin": "country"},
    build=build,
    choice="country",
    height=320,
)
