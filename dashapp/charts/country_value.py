"""Which countries bring customers, sales and lasting value."""

from __future__ import annotations

from dashapp.charts.kit import groups

CHART = groups.chart("country", "Countries")
