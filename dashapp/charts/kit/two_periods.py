"""The answer of the revenue bridge read as two periods in cents, and when they cannot be compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from dashapp.charts.chart import View
from dashapp.charts.kit.formats import day
from dashapp.domain.ranges import Period
from dashapp.domain.revenue_bridge import Totals


@dataclass(frozen=True)
class TwoPeriods:
    """The sums of both, and the frame they come from."""

    frame: pd.DataFrame
    before: Totals
    now: Totals

    @classmethod
    def read(cls, frame: pd.DataFrame) -> TwoPeriods:
        """frame: one row per kind, as `of_basis` leaves them."""
        return cls(frame, _totals(frame, "before"), _totals(frame, "now"))

    @property
    def before_days(self) -> Period:
        return _period(self.frame, "before")

    @property
    def days(self) -> Period:
        return _period(self.frame, "period")

    @property
    def before_words(self) -> str:
        return str(self.before_days)

    @property
    def now_words(self) -> str:
        return str(self.days)

    def changes(self) -> dict[str, int]:
        """Cents between the two periods, by the kind they are of."""
        rows = zip(self.frame["kind"], self.frame["value_now"], self.frame["value_before"], strict=True)
        return {str(kind): cents(now) - cents(before) for kind, now, before in rows}


def of_basis(frame: pd.DataFrame, view: View) -> pd.DataFrame:
    """The rows of the chosen basis: store/queries/revenue_bridge.sql answers for each of them."""
    return frame if frame.empty else frame[frame["basis"] == view.filters.basis.value]


def cents(amount: Any) -> int:
    """An amount with two decimals as whole cents.

    >>> cents(0.29), cents(-1.1)
    (29, -110)
    """
    return round(float(amount) * 100)


def not_comparable(frame: pd.DataFrame, view: View) -> tuple[str, str, Literal["empty", "insufficient"]] | None:
    """Why the two periods cannot be compared, with a next step."""
    if frame.empty:
        return "No sales in this view.", "Choose a longer period or remove a filter.", "empty"
    before = _period(frame, "before")
    if before.start >= view.observed_from:
        return None
    text = f"The earlier period ({before}) began before the data does, on {day(view.observed_from)}."
    return text, "Choose a shorter or a later period.", "insufficient"


def _period(frame: pd.DataFrame, which: str) -> Period:
    first = frame.iloc[0]
    start, end = (pd.Timestamp(first[f"{which}_{side}"]).date() for side in ("start", "end"))
    return Period(start, end)


def _totals(frame: pd.DataFrame, which: str) -> Totals:
    value, bought = (sum(map(cents, frame[f"{name}_{which}"])) for name in ("value", "bought_value"))
    return Totals(
        int(frame[f"buyers_{which}"].sum()),
        int(frame[f"orders_{which}"].sum()),
        sum(map(cents, frame[f"sales_{which}"])),
        bought,
        value - bought,
    )
