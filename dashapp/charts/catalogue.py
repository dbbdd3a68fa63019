"""Which charts there are: every module of this package that holds a CHART."""

from __future__ import annotations

from functools import cache

from dashapp import charts as package
from dashapp import discovery
from dashapp.charts.chart import ChartSpec
from dashapp.errors import NotFound


@cache
def charts() -> dict[str, ChartSpec]:
    """Every chart by name, sorted."""
    found = [module.CHART for module in discovery.modules(package) if hasattr(module, "CHART")]
    return {spec.name: spec for spec in sorted(found, key=lambda spec: spec.name)}


def chart(name: str) -> ChartSpec:
    """One chart. Raises NotFound for a name nobody drew."""
    try:
        return charts()[name]
    except KeyError as error:
        raise NotFound(f"There is no chart {name!r}.", f"Charts are {', '.join(charts())}.") from error
