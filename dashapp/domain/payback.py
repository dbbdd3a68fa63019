"""When what was spent to win customers has come back as margin, and how sure that is. Money per customer, 80 % bounds.

A mean over customers is as sure as customers differ: mean +- z s / sqrt(n), the normal approximation, for the customers
one would win again the same way. Of one cohort that has paid back the month is a fact and has no bounds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from dashapp import written

LEVEL = 0.80
Z = NormalDist().inv_cdf(0.5 + LEVEL / 2)


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean with its bounds; they are None below two customers."""

    value: float
    low: float | None
    high: float | None


def mean_of(total: float, squares: float, customers: int) -> Mean | None:
    """The mean per customer from the sum and the sum of squares; None without customers.

    >>> found = mean_of(30.0, 500.0, 3)  # s = 10, so z s / sqrt(n) = 1.28155 x 10 / sqrt(3)
    >>> found.value, round(found.low, 3), round(found.high, 3)
    (10.0, 2.601, 17.399)
    """
    if customers < 1:
        return None
    value = total / customers
    if customers < 2:
        return Mean(value, None, None)
    variance = max(squares - customers * value**2, 0.0) / (customers - 1)
    half = Z * sqrt(variance / customers)
    return Mean(value, value - half, value + half)


def ratio(margin: Mean | None, cost: float | None) -> Mean | None:
    """Margin per customer in units of what one cost; None where either is not known or nothing was spent.

    >>> ratio(Mean(30.0, 20.0, 40.0), 20.0)
    Mean(value=1.5, low=1.0, high=2.0)
    """
    if margin is None or not cost or cost <= 0:
        return None
    low, high = (None if bound is None else bound / cost for bound in (margin.low, margin.high))
    return Mean(margin.value / cost, low, high)


@dataclass(frozen=True, slots=True)
class Payback:
    """Months are counted from that of the first purchase, which is 0."""

    month: int | None = None
    "The first month by which the cost had come back; None: not yet."
    earliest: int | None = None
    latest: int | None = None
    "80 % bounds of the month, where they lie inside what is known or predicted."
    until: int | None = None
    "The last month that is known or predicted; None where nothing is."
    is_predicted: bool = False
    "Whether months after the observed ones have a say in the bounds."

    def words(self) -> str:
        """
        >>> Payback(3, 2, 5, 24).words(), Payback(0).words()
        ('month 3 (80\\xa0%: 2 to 5)', 'month 0')
        >>> Payback(None, 9, 14, 14, is_predicted=True).words()
        'not yet, 80\\xa0%: months 9 to 14'
        >>> Payback(None, 9, None, 14, is_predicted=True).words()
        'not yet, 80\\xa0%: month 9 or later, beyond what is predicted (month 14)'
        >>> Payback(None, None, None, 14, is_predicted=True).words(), Payback(until=6).words()
        ('not yet, and not by month 14 either as predicted', 'not by month 6')
        >>> Payback(3, 2, None, 24).words()
        'month 3 (80\\xa0%: 2 or later)'
        """
        if self.month is not None:
            return f"month {self.month}{self._bounds()}"
        if not self.is_predicted:
            hope = "" if self.earliest is None else f" ({_sure()}: month {self.earliest} or later)"
            return f"not by month {self.until}{hope}"
        if self.earliest is None:
            return f"not yet, and not by month {self.until} either as predicted"
        if self.latest is None:
            return f"not yet, {_sure()}: month {self.earliest} or later, beyond what is predicted (month {self.until})"
        if self.earliest == self.latest:
            return f"not yet, {_sure()}: month {self.earliest}"
        return f"not yet, {_sure()}: months {self.earliest} to {self.latest}"

    def _bounds(self) -> str:
        if self.earliest is None or self.earliest == self.latest:
            return ""
        return f" ({_sure()}: {self.earliest} {'or later' if self.latest is None else f'to {self.latest}'})"


def _sure() -> str:
    return written.percent(LEVEL, 0)


def expected(margins: Mapping[int, Mean], costs: Mapping[int, float | None]) -> Payback | None:
    """Of many cohorts together: each month compares the margin of those that old with what the same ones cost.

    None where no month has both. margins: cumulative per customer.
    """
    months = [month for month in sorted(margins) if (costs.get(month) or 0) > 0]
    if not months:
        return None
    return Payback(
        _first(months, [margins[month].value for month in months], costs),
        _first(months, [margins[month].high for month in months], costs),
        _first(months, [margins[month].low for month in months], costs),
        months[-1],
    )


def of_cohort(
    brought: Sequence[float], cost: float | None, ahead: Sequence[tuple[int, float, float | None, float | None]] = ()
) -> Payback | None:
    """Of one cohort; None where its margin or its cost is not known.

    brought: cumulative margin per customer by month 0, 1, ...
    ahead: month, expected, low, high of the cumulative margin in the months after those observed.
    """
    if not brought or not cost or cost <= 0:
        return None
    paid = next((month for month, value in enumerate(brought) if value >= cost), None)
    if paid is not None or not ahead:
        return Payback(paid, until=len(brought) - 1)
    earliest = next((month for month, _, _, high in ahead if high is not None and high >= cost), None)
    latest = next((month for month, _, low, _ in ahead if low is not None and low >= cost), None)
    return Payback(None, earliest, latest, ahead[-1][0], is_predicted=True)


def _first(months: Sequence[int], values: Sequence[float | None], costs: Mapping[int, float | None]) -> int | None:
    """The first month whose value reaches the cost."""
    pairs = zip(months, values, strict=True)
    return next((month for month, value in pairs if value is not None and value >= (costs[month] or 0)), None)
