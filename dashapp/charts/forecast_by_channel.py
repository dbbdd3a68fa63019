"""What the present customers will buy, by the channel of their first purchase."""

from __future__ import annotations

from dashapp.charts.chart import ChartSpec
from dashapp.charts.kit import parts_ahead

CHART = ChartSpec(
    name="forecast_by_channel",
    title="Sales ahead by channel",
    unit="Predicted sales of the customers of today, whole months",
    definition=parts_ahead.definition("channel"),
    query="sales_forecast_parts",
    build=parts_ahead.by("channel"),
    is_predicted=True,
    height=340,
    parameters={"kind": "channel"},
)
