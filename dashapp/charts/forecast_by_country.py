"""What the present customers will buy, by the country of their first purchase."""

from __future__ import annotations

from dashapp.charts.chart import ChartSpec
from dashapp.charts.kit import parts_ahead

CHART = ChartSpec(
    name="forecast_by_country",
    title="Sales ahead by country",
    unit="Predicted sales of the customers of today, whole months",
    definition=parts_ahead.definition("country"),
    query="sales_forecast_parts",
    build=parts_ahead.by("country"),
    is_predicted=True,
    height=340,
    parameters={"kind": "country"},
)
