"""From a mark to the customers behind it: assets/52-charts.js opens the customers list with what a mark carries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from dashapp.charts.kit.formats import known
from dashapp.domain.listing import Limits, Listing


def customers_between(column: str, lows: Iterable[Any], highs: Iterable[Any]) -> dict[str, Any]:
    """`meta` of a trace whose marks are customers with `column` from low to high; no high is no limit.

    >>> customers_between("clv", [5.0], [None])
    {'drill': [{'limits': 'clv~5.0~~'}]}
    """
    return {"drill": [_query(column, low, high) for low, high in zip(lows, highs, strict=True)]}


def _query(column: str, low: Any, high: Any) -> dict[str, str]:
    limit = Limits(column, repr(float(low)), repr(float(high)) if known(high) else "")
    return Listing(limits=(limit,)).to_query()


def customers_within(*ranges: tuple[str, float, float]) -> dict[str, str]:
    """One entry of `meta["drill"]`: customers inside all of these columns' ranges, both ends included.

    >>> customers_within(("clv", 5.0, 9.0), ("p_active", 0.0, 0.25))
    {'limits': 'clv~5.0~9.0~|p_active~0.0~0.25~'}
    """
    return Listing(
        limits=tuple(Limits(column, repr(float(low)), repr(float(high))) for column, low, high in ranges)
    ).to_query()


def customers_first_bought(first: date, last: date) -> dict[str, str]:
    """One entry of `meta["drill"]`: customers whose first order lies between these days, both included.

    >>> customers_first_bought(date(2024, 1, 1), date(2024, 3, 31))
    {'limits': 'first_order_date~2024-01-01~2024-03-31~'}
    """
    return Listing(limits=(Limits("first_order_date", first.isoformat(), last.isoformat()),)).to_query()
