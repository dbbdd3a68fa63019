"""Channels as the answer of channel_performance.sql tells them: cost, margin by age, ratio and payback of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashapp.charts.kit.formats import known
from dashapp.domain.payback import Mean, Payback, expected, mean_of, ratio

ALL = "All channels"
HORIZONS = (90, 180, 365)
"Days since the first purchase."
SUMS = ["customers", "margin", "margin_squares", "spend"]


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
    together = frame.groupby(["unit", "age"], as_index=False)[SUMS].sum(min_count=1)
    worth = frame.drop_duplicates("channel")[["clv", "clv_customers"]].astype(float).sum(min_count=1)
    everyone = _channel(ALL, together.assign(**worth), days)
    each = [_channel(str(name), part, days) for name, part in frame.groupby("channel")]
    return [everyone, *sorted(each, key=lambda channel: (-channel.customers, channel.name))]


def _channel(name: str, part: pd.DataFrame, days: int) -> Channel:
    by_days = {int(row["age"]): row for row in part[part["unit"] == "days"].to_dict("records")}
    by_month = {int(row["age"]): row for row in part[part["unit"] == "months"].to_dict("records")}
    now = by_days.get(0, {})
    margin = {age: _margin(by_days.get(age, {})) for age in (0, *HORIZONS)}
    months = {age: mean for age, row in by_month.items() if (mean := _margin(row))}
    first = part.iloc[0]
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
        float(first["clv"]) / float(first["clv_customers"]) if known(first["clv"]) else None,
    )


def _margin(row: dict[Any, Any]) -> Mean | None:
    if not known(row.get("margin")):
        return None
    return mean_of(float(row["margin"]), float(row["margin_squares"]), int(row["customers"]))


def _cost(row: dict[Any, Any]) -> float | None:
    """What one customer cost; unknown is never 0."""
    spend = _known(row.get("spend"))
    return spend / row["customers"] if spend is not None and row["customers"] else None


def _known(value: float | None) -> float | None:
    return float(value) if value is not None and known(value) else None
