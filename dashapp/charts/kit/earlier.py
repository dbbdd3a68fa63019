"""The period a chart over time is compared with: what it is called, and which of its buckets lies under which."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pandas as pd

from dashapp.charts.chart import View
from dashapp.charts.kit.grain import Grain, buckets
from dashapp.domain.vocabulary import Compare


def name_of(view: View) -> str:
    """What the comparison is called in legends and tables."""
    return {Compare.PREVIOUS_YEAR: "Previous year"}.get(view.filters.compare, "Previous period")


def told_apart(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of now and those before, of an answer whose `series` is current or previous."""
    if frame.empty:
        return frame, frame
    return frame[frame["series"] == "current"].reset_index(drop=True), frame[frame["series"] == "previous"]


def under(starts: Iterable[date | None], grain: Grain, view: View) -> list[date | None]:
    """The bucket of the earlier period under each of these, by position: its first one lies under the first one that
    was asked for. None where it has none, or nothing is compared."""
    period = view.filters.comparison(view.observed_until)
    asked = buckets(view.filters.period(view.observed_until), grain) if period else []
    found = dict(zip(asked, buckets(period, grain) if period else [], strict=False))
    return [found.get(start) if start else None for start in starts]
