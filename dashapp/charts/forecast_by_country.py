"""What the present customers will buy, by the country of their first purchase."""

from __future__ import annotations

from dashapp.charts.kit import parts_ahead

CHART = parts_ahead.chart("country")
