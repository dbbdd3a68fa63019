"""Which channels bring customers, sales and lasting value."""

from __future__ import annotations

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, View
from dashapp.charts.kit.groups import grouped


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: name, customers, value, clv; sorted by value, the largest first."""
    return grouped(frame, view, "channel")


CHART = ChartSpec(
    name="channel_value",
    title="Channels",
    unit="Customers by first channel, sales of the period, predicted value",
    definition="Customers by the channel of their first purchase and the mean predicted residual value of each; "
    "sales of the period where they were made.",
    query="origin_value",
    parameters={"origin": "channel"},
    build=build,
    choice="channel",
    height=320,
)
