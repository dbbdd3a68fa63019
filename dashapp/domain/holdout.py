"""One cut-off of a backtest: what was known, what came, and how every prediction did against it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashapp.domain import evaluation as ev
from dashapp.domain import shelf
from dashapp.domain.backtest_results import CalibrationRow, CoverageRow, DecileRow, OriginRow, TrackingRow
from dashapp.domain.baseline import History, Prediction
from dashapp.domain.booster import Boosted, Booster, Fits
from dashapp.domain.challengers import BOOSTER, SEASON, base
from dashapp.domain.evaluation import Pair, Ranked
from dashapp.domain.model import PurchaseFit, SpendFit, Status
from dashapp.domain.patterns import Cells, Patterns
from dashapp.domain.periods import to_periods
from dashapp.domain.predictive import spend_intervals
from dashapp.domain.purchase_days import Outcome, PurchaseDays
from dashapp.domain.season_level import NoSeason, SeasonClock
from dashapp.domain.widening import Widening
from dashapp.errors import NotConverged

FloatArray = NDArray[np.float64]
LEVELS = (0.80, 0.90)
INTERVAL_SAMPLE = 10_000
"Knows a coverage of 90 % to 0.3 points, in a decile to 1 point."
TRACKING_SAMPLE = 5_000
WEEK = 7


@dataclass(frozen=True)
class Candidate:
    """A fitted purchase model with its prediction for the known customers."""

    model: str
    purchases: PurchaseFit
    spend: SpendFit
    prediction: Prediction
    patterns: Patterns
    "In the days the model counts: calendar days, or with a clock season days."
    clock: SeasonClock | None = None
    boosted: Boosted | None = None
    "What corrected the prediction; the model's own distribution and weekly course then are not the prediction's."

    def periods(self, days: float) -> float:
        """The model's time from the cut-off to `days` calendar days later."""
        return to_periods(days if self.clock is None else self.clock.horizon(days), self.purchases.time_unit)


@dataclass(frozen=True)
class Holdout:
    """`history` up to the cut-off and the horizon after it."""

    number: int
    history: History
    outcome: Outcome = field(repr=False)
    fits: dict[str, PurchaseFit] = field(default_factory=dict, repr=False, compare=False)
    "Purchase models fitted so far, in calendar days."

    @classmethod
    def of(cls, number: int, days: PurchaseDays, cut_off: date, horizon_days: int) -> Holdout:
        return cls(number, History(days, cut_off, horizon_days), days.outcome(cut_off, horizon_days))

    @cached_property
    def patterns(self) -> Patterns:
        return Patterns.from_frame(self.history.rfm)

    @cached_property
    def money(self) -> FloatArray:
        return self.history.rfm["monetary_value"].to_numpy(dtype=float)

    @cached_property
    def actual(self) -> dict[str, Ranked]:
        """What came, by target."""
        active = (self.outcome.purchases > 0).astype(float)
        return {
            "purchases": Ranked(self.outcome.purchases), "value": Ranked(self.outcome.value), "active": Ranked(active),
        }  # fmt: skip

    def row(self) -> OriginRow:
        seen, cut_off = self.outcome, self.history.cut_off
        return OriginRow(
            self.number, cut_off, cut_off + timedelta(days=self.history.horizon_days), len(seen.purchases),
            int(np.count_nonzero(seen.purchases)), int(seen.purchases.sum()), float(seen.value.sum()),
            seen.later_customers, seen.later_purchases, seen.later_value,
        )  # fmt: skip

    def spend(self) -> SpendFit:
        """The spend model of what was known. Raises NotEnoughData and NotConverged."""
        fitted = shelf.spend_models()[shelf.DEFAULT_SPEND].fit(self.history.rfm)
        if fitted.status is Status.NOT_CONVERGED:
            raise NotConverged("The spend model found no optimum.")
        return fitted

    def candidate(self, model: str, spend: SpendFit) -> Candidate:
        """The purchase model fitted to what was known.

        Raises NotEnoughData (for challengers NoSeason, NoLesson) and NotConverged.
        """
        if model.endswith(BOOSTER):
            return self._boosted(model, spend)
        fitted = self._fitted(base(model))
        if not model.endswith(SEASON):
            return self._predict(Candidate(model, fitted, spend, Prediction(), self.patterns))
        clock = SeasonClock.learn(self.history.days, self.history.cut_off, fitted)
        rfm = clock.summary(self.history.rfm)
        return self._predict(
            Candidate(model, _fit(base(model), rfm), spend, Prediction(), Patterns.from_frame(rfm), clock)
        )

    def _boosted(self, model: str, spend: SpendFit) -> Candidate:
        """At the total of the model in season days where a season is told, otherwise in calendar days."""
        plain = self.candidate(base(model), spend)
        try:
            level = self.candidate(base(model) + SEASON, spend).prediction
        except NoSeason:
            level = plain.prediction
        days, cut_off, horizon = self.history.days, self.history.cut_off, self.history.horizon_days
        booster = Booster.learn(base(model), days, cut_off, horizon)
        columns = booster.columns(days, cut_off, Fits(plain.purchases, spend))
        boosted = Boosted(booster, columns, plain.prediction, level)
        return replace(plain, model=model, prediction=boosted.prediction(), boosted=boosted)

    def _fitted(self, model: str) -> PurchaseFit:
        """In calendar days, once per model."""
        if model not in self.fits:
            self.fits[model] = _fit(model, self.history.rfm)
        return self.fits[model]

    def _predict(self, found: Candidate) -> Candidate:
        periods = found.periods(self.history.horizon_days)
        purchases = found.purchases.expected_purchases(found.patterns, periods)
        value = purchases * found.spend.expected_order_value(found.patterns.frequency.array, self.money)
        active = found.purchases.p_active(found.patterns, periods)
        return replace(found, prediction=Prediction(purchases, value, active, is_probability=True))

    def pairs(self, prediction: Prediction) -> dict[str, Pair]:
        """Prediction and actual by target, without the targets the prediction is silent on."""
        said = {"purchases": prediction.purchases, "value": prediction.value, "active": prediction.active}
        ranked = {id(values): Ranked(values) for values in said.values() if values is not None}
        return {
            target: Pair(ranked[id(values)], self.actual[target])
            for target, values in said.items()
            if values is not None
        }

    def deciles(self, model: str, pairs: dict[str, Pair]) -> Iterator[DecileRow]:
        for target in ("purchases", "value"):
            for decile, customers, predicted, actual in ev.deciles(pairs[target]).itertuples(index=False):
                yield DecileRow(self.number, model, target, int(decile), int(customers), predicted, actual)

    def calibration(self, model: str, pairs: dict[str, Pair]) -> Iterator[CalibrationRow]:
        frequency = self.patterns.frequency.array
        kinds = {"frequency": ev.calibration(frequency, pairs["purchases"]), "active": ev.reliability(pairs["active"])}
        for kind, frame in kinds.items():
            for band, customers, predicted, actual in frame.itertuples(index=False):
                yield CalibrationRow(self.number, model, kind, int(band), int(customers), predicted, actual)

    def tracking(self, candidate: Candidate) -> Iterator[TrackingRow]:
        """Cumulative purchases week by week; the shape from a regular sample of customers, the level from all."""
        horizon = self.history.horizon_days
        days = np.unique(np.append(np.arange(WEEK, horizon, WEEK), horizon))
        fitted = candidate.purchases
        sample = candidate.patterns.take(every(len(self.patterns), TRACKING_SAMPLE))
        cells = fitted.cells(sample)
        alive = np.bincount(cells.inverse, fitted.p_alive(sample), len(cells))
        curve = [_total(fitted, cells, alive, candidate.periods(float(day))) for day in days]
        assert candidate.prediction.purchases is not None
        level = float(candidate.prediction.purchases.sum()) / curve[-1] if curve[-1] > 0.0 else 0.0
        actual = np.cumsum(self.history.days.daily(self.history.cut_off, horizon))
        for day, expected in zip(days, curve, strict=True):
            yield TrackingRow(self.number, candidate.model, int(day), expected * level, int(actual[day - 1]))

    def intervals(self, candidate: Candidate, widenings: Sequence[Widening] = ()) -> Intervals:
        """Of money at every level, in a regular sample of customers; as modelled without a widening per level."""
        rows = every(len(self.patterns), INTERVAL_SAMPLE)
        sample, money = candidate.patterns.take(rows), self.money[rows]
        periods = candidate.periods(self.history.horizon_days)
        assert candidate.prediction.value is not None
        asked: list[tuple[tuple[float, ...], float]] = [((item.level,), item.stretch) for item in widenings]
        bounds = [
            spend_intervals(candidate.purchases, candidate.spend, sample, money, periods, levels, stretch)
            for levels, stretch in asked or [(LEVELS, 0.0)]
        ]
        return Intervals(candidate.prediction.value[rows], self.outcome.value[rows], np.concatenate(bounds))


@dataclass(frozen=True)
class Intervals:
    """Intervals of customers at one cut-off, and the money that came."""

    predicted: FloatArray
    "Shape (n,), as is `actual`."
    actual: FloatArray
    bounds: FloatArray
    "Shape (levels, 2, n)."

    def coverage(self, origin: int, model: str, kind: str) -> Iterator[CoverageRow]:
        """How often what came lay inside, and how wide that is, over all and by decile of the prediction."""
        pair = Pair.of(self.predicted, self.actual)
        for level, (low, high) in zip(LEVELS, self.bounds, strict=True):
            for decile, customers, width, covered in ev.coverage(low, high, pair).itertuples(index=False):
                yield CoverageRow(origin, model, kind, level, int(decile), int(customers), covered, width)


def _fit(model: str, rfm: pd.DataFrame) -> PurchaseFit:
    fitted = shelf.purchase_model(model).fit(rfm)
    if fitted.status is Status.NOT_CONVERGED:
        raise NotConverged(f"{shelf.purchase_model(model).title} found no optimum.")
    return fitted


def every(size: int, limit: int) -> NDArray[np.intp]:
    """At most `limit` positions of 0..size-1, evenly spread.

    >>> every(10, 4).tolist()
    [0, 3, 6, 9]
    """
    return np.arange(0, size, max(1, -(-size // limit)))


def _total(fitted: PurchaseFit, cells: Cells, alive: NDArray[Any], periods: float) -> float:
    return float(np.sum(alive * fitted.expected_if_alive(cells, periods)))
