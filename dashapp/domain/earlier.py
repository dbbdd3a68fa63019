"""What windows before a day say about intervals made on that day: each window fitted and asked as a refresh would."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from dashapp.domain.backtest_results import CoverageRow, WideningRow
from dashapp.domain.holdout import LEVELS, Holdout, every
from dashapp.domain.origins import SHORTEST_HORIZON, windows
from dashapp.domain.predictive import spend_intervals
from dashapp.domain.purchase_days import PurchaseDays
from dashapp.domain.widening import PRESUMED_WINDOWS, Widening, is_year, needed
from dashapp.errors import NotConverged, NotEnoughData

CUSTOMERS = 10_000
"Fitted in a window; more would not know better how far it strayed."
ASKED = 2_000
"Of them; know a share of 90 % to 0.7 points."


@dataclass(frozen=True)
class Earlier:
    """Windows of one shop and one purchase model; those of several days are looked at once."""

    days: PurchaseDays
    observed_from: date
    horizon_days: int
    model: str
    looked_at: dict[tuple[date, int], tuple[float, ...] | None] = field(default_factory=dict, repr=False, compare=False)
    "Stretch needed per level, by cut-off and length; None where the model could not be fitted."

    @classmethod
    def of(cls, days: PurchaseDays, observed_from: date, horizon_days: int, model: str) -> Earlier:
        return cls(days.sample(CUSTOMERS), observed_from, horizon_days, model)

    def widenings(self, until: date) -> tuple[Widening, ...]:
        """One per level, from windows that were over on the day `until`."""
        length, needs = self._seen(until)
        return tuple(
            Widening.learn(level, [need[place] for need in needs], length) for place, level in enumerate(LEVELS)
        )

    def rows(self, until: date, coverage: Sequence[CoverageRow]) -> Iterator[WideningRow]:
        """The widening of intervals made on that day, beside what the same rule did at the cut-offs of `coverage`.

        Without a cut-off that could be tested intervals are made all the same, and what they would have done is NaN.
        """
        for item in self.widenings(until):
            mine = [row for row in coverage if (row.model, row.level, row.decile) == (self.model, item.level, 0)]
            plain, wide = ([row for row in mine if row.kind == kind] for kind in ("model", "widened"))
            before, after = (_mean([max(item.level - row.covered, 0.0) for row in rows]) for rows in (plain, wide))
            ratio = _mean([wider.width / row.width for row, wider in zip(plain, wide, strict=True) if row.width])
            fewest = min((row.covered for row in wide), default=float("nan"))
            yield WideningRow(item.level, item.stretch, item.windows, before, after, fewest, ratio, item.to_json())

    def notes(self, until: date) -> list[str]:
        """What a reader must know where little was seen."""
        length, needs = self._seen(until)
        seen = len(needs)
        if is_year(seen, length) and seen > PRESUMED_WINDOWS:
            return []
        what = {0: "No earlier window says", 1: "Only one earlier window says"}.get(seen, f"Only {seen} windows say")
        note = f"{what} how far the shop strays, so the width of intervals leans on what is presumed of any shop."
        if seen and not is_year(seen, length):
            note += f" They make up {seen * length} days, less than a year: what they saw makes no interval narrower."
        return [note]

    def _seen(self, until: date) -> tuple[int, list[tuple[float, ...]]]:
        """Length of the longest windows of which one could be looked at, and what each of them needed per level.

        Where no model could be fitted before any window of the horizon, windows of half of it, then of a quarter, begin
        later and know more. What a level did in them it is taken to do in the horizon: it persists.
        """
        longest = windows(self.observed_from, until, self.horizon_days).horizon_days
        shorter = (longest // 2, longest // 4)
        for length in (longest, *(length for length in shorter if length >= SHORTEST_HORIZON)):
            cut_offs = windows(self.observed_from, until, length).cut_offs
            found = (self._needs(cut_off, length) for cut_off in cut_offs)
            needs = [need for need in found if need is not None]
            if needs:
                return length, needs
        return longest, []

    def _needs(self, cut_off: date, length: int) -> tuple[float, ...] | None:
        key = (cut_off, length)
        if key not in self.looked_at:
            self.looked_at[key] = self._look(cut_off, length)
        return self.looked_at[key]

    def _look(self, cut_off: date, length: int) -> tuple[float, ...] | None:
        holdout = Holdout.of(0, self.days, cut_off, length)
        try:
            fitted = holdout.candidate(self.model, holdout.spend())
        except (NotEnoughData, NotConverged):
            return None
        rows = every(len(fitted.patterns), ASKED)
        sample, money, periods = fitted.patterns.take(rows), holdout.money[rows], fitted.periods(length)
        return tuple(
            needed(
                lambda stretch: spend_intervals(
                    fitted.purchases, fitted.spend, sample, money, periods, LEVELS, stretch
                ),
                holdout.outcome.value[rows],
                LEVELS,
            )
        )


def _mean(values: Sequence[float]) -> float:
    """NaN of nothing."""
    return float(np.mean(values)) if values else float("nan")
