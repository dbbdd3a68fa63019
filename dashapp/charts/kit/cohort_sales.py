"""Quarters of first purchase as at most twelve cohorts with names: quarters, else years, the oldest together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dashapp.charts.kit.grain import Grain, following, label

MOST_COHORTS = 12


@dataclass(frozen=True, slots=True)
class Cohort:
    """Customers who first bought in these quarters, in order."""

    name: str
    quarters: tuple[date, ...]

    @property
    def first_day(self) -> date:
        return self.quarters[0]

    @property
    def last_day(self) -> date:
        return following(self.quarters[-1], Grain.QUARTER) - timedelta(days=1)


def cohorts_of(quarters: Sequence[date]) -> list[Cohort]:
    """The cohorts that hold all of `quarters` (first days, sorted), the oldest first.

    >>> [cohort.name for cohort in cohorts_of([date(2010 + i // 4, 1 + 3 * (i % 4), 1) for i in range(60)])][:2]
    ['2013 and before', '2014']
    """
    if len(quarters) <= MOST_COHORTS:
        return [Cohort(label(quarter, Grain.QUARTER), (quarter,)) for quarter in quarters]
    years = sorted({quarter.year for quarter in quarters})
    oldest = years[-MOST_COHORTS:][0]
    older = " and before" if years[0] < oldest else ""
    held = {year: tuple(q for q in quarters if max(q.year, oldest) == year) for year in years if year >= oldest}
    return [Cohort(f"{year}{older if year == oldest else ''}", inside) for year, inside in held.items()]
