"""Channels as the answer of channel_performance.sql tells them: cost, margin by age, ratio and payback of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashapp.charts.kit.formats import known
from dashapp.domain.payback import Mean, Payback, expected, mean_of, ratio

ALL = "All channels"
HORIZONS = (90, 180, 365)
"Days since the first purchase."
SUMS = ("customers", "margin", "margin_squares", "spend")
WORTH = ("clv", "clv_customers")
Row = dict[Any, Any]


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel, or all; money per customer, None where it is not known."""

    name: str
    customers: int
    "Won in the newest 12 whole months."
    spend: float | None
    cost: float | None
    margin: dict[int, Mean | None]
    "By days since the first purchase; 0 is that day alone."
    eligible: dict[int, int]
    "Customers behind each margin."
    days: int
    "The horizon of the ratio."
    ratio: Mean | None
    payback: Payback | None
    clv: float | None
    "Predicted for everybody of the channel, from the end of the data on."

    def brought(self, days: int) -> float | None:
        """Margin per customer of the first `days`."""
        mean = self.margin[days]
        return mean.value if mean else None


def horizon_of(frame: pd.DataFrame) -> int:
    """The horizon asked for, else the longest that somebody has reached.

    frame: the answer of channel_performance.sql.
    """
    reached = frame[(frame["unit"] == "days") & (frame["customers"] > 0)]["age"].unique()
    asked = int(frame["horizon"].iloc[0])
    return asked if asked in HORIZONS else max((days for days in HORIZONS if days in reached), default=HORIZONS[0])


def channels_of(frame: pd.DataFrame, days: int) -> list[Channel]:
    """All together first, then each channel, the one that won most customers first."""
    rows: list[Row] = frame[["channel", "unit", "age", *SUMS, *WORTH]].to_dict("records")
    by_channel: dict[str, list[Row]] = {}
    by_age: dict[tuple[str, int], list[Row]] = {}
    for row in rows:
        by_channel.setdefault(str(row["channel"]), []).append(row)
        by_age.setdefault((row["unit"], row["age"]), []).append(row)
    worth = {name: _sum(part[0][name] for part in by_channel.values()) for name in WORTH}
    together: list[Row] = [
        {"unit": unit, "age": age, **{name: _sum(row[name] for row in part) for name in SUMS}, **worth}
        for (unit, age), part in by_age.items()
    ]
    each = [_channel(name, part, days) for name, part in by_channel.items()]
    return [_channel(ALL, together, days), *sorted(each, key=lambda channel: (-channel.customers, channel.name))]


def _sum(values: Iterable[Any]) -> float | None:
    """Of what is known; None where nothing is."""
    some = [float(value) for value in values if known(value)]
    return sum(some) if some else None


def _channel(name: str, rows: Sequence[Row], days: int) -> Channel:
    by_days = {int(row["age"]): row for row in rows if row["unit"] == "days"}
    by_month = {int(row["age"]): row for row in rows if row["unit"] == "months"}
    now = by_days.get(0, {})
    margin = {age: _margin(by_days.get(age, {})) for age in (0, *HORIZONS)}
    months = {age: mean for age, row in by_month.items() if (mean := _margin(row))}
    clv, customers = rows[0]["clv"], rows[0]["clv_customers"]
    return Channel(
        name,
        int(now.get("customers", 0)),
        _known(now.get("spend")),
        _cost(now),
        margin,
        {age: int(by_days.get(age, {}).get("customers", 0)) for age in margin},
        days,
        ratio(margin[days], _cost(by_days.get(days, {}))),
        expected(months, {age: _cost(row) for age, row in by_month.items()}),
        float(clv) / float(customers) if known(clv) else None,
    )


def _margin(row: Row) -> Mean | None:
    if not known(row.get("margin")):
        return None
    return mean_of(float(row["margin"]), float(row["margin_squares"]), int(row["customers"]))


def _cost(row: Row) -> float | None:
    """What one customer cost; unknown is never 0."""
    spend = _known(row.get("spend"))
    return spend / row["customers"] if spend is not None and row["customers"] else None


def _known(value: float | None) -> float | None:
    return float(value) if value is not None and known(value) else None
