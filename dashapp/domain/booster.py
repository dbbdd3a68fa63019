"""A purchase model corrected by what the past says it misses: two stages of boosted trees around its prediction.

Stage 1 corrects P(active), stage 2 the money of those who are active; both start from the model's own figures
(`boosting`). The examples are customers at earlier cut-offs of the same past: at each the model is fitted anew to what
was known then, and what came in the days after it, none later than the cut-off, is the lesson. At every earlier
cut-off the model is first put at the level of what came, so trees learn who and how unevenly, never how much in all:
they would mistake a season for a rule. The total is the model's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashapp.domain import boosting, shelf
from dashapp.domain.baseline import Prediction
from dashapp.domain.boosting import Correct, Grid, Rows
from dashapp.domain.features import FEATURES, YEAR, features
from dashapp.domain.model import PurchaseFit, SpendFit, Status
from dashapp.domain.patterns import Patterns
from dashapp.domain.periods import to_periods
from dashapp.domain.purchase_days import PurchaseDays, number
from dashapp.errors import NotConverged, NotEnoughData

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.intp]
ROLLING = 3
"Earlier cut-offs, half a lesson apart; the same season a year back is one more."
FEWEST = 2
SHORTEST_LESSON = 28
MOST_ROWS = 20_000
"Customers per earlier cut-off, evenly spread; a shop of any size then learns in about four seconds."
FEWEST_ACTIVE = 100
"In either part of the examples: fewer teach nothing about their money."
OWN = {
    "model_active": "P(active) as the model has it",
    "model_purchases": "purchases as the model has them",
    "model_order_value": "money per purchase as the model has it",
}
COLUMNS = (*FEATURES, *OWN)
"Of the trees, in order; the model's own figures are of the lesson's days."


class NoLesson(NotEnoughData):
    """The past is too short to hold earlier cut-offs with what came after them."""


@dataclass(frozen=True)
class Fits:
    """The model as fitted to what was known at one cut-off."""

    purchases: PurchaseFit
    spend: SpendFit

    @classmethod
    def at(cls, model: str, rfm: pd.DataFrame) -> Fits:
        """Raises NotEnoughData and NotConverged."""
        found = cls(
            shelf.purchase_model(model).fit(rfm),
            shelf.spend_models()[shelf.DEFAULT_SPEND].fit(rfm),
        )
        if Status.NOT_CONVERGED in (found.purchases.status, found.spend.status):
            raise NotConverged("The model found no optimum.")
        return found

    def predict(self, rfm: pd.DataFrame, horizon_days: int) -> Prediction:
        patterns, periods = Patterns.from_frame(rfm), to_periods(horizon_days, self.purchases.time_unit)
        purchases = self.purchases.expected_purchases(patterns, periods)
        money = self.spend.expected_order_value(rfm["frequency"], rfm["monetary_value"])
        return Prediction(purchases, purchases * money, self.purchases.p_active(patterns, periods), True)


@dataclass(frozen=True)
class Booster:
    """Both corrections, learned from `lessons`, for customers at any later cut-off."""

    lessons: tuple[date, ...]
    "Earlier cut-offs, latest first."
    lesson_days: int
    grid: Grid
    active: Correct
    money: Correct

    @classmethod
    def learn(cls, model: str, days: PurchaseDays, cut_off: date, horizon_days: int) -> Booster:
        """From what was known on the evening of the cut-off. Raises NoLesson."""
        dates, length = lessons(_first(days), cut_off, horizon_days)
        found = [example for day in dates if (example := _example(model, days, day, length)) is not None]
        if len(found) < FEWEST:
            raise NoLesson(f"{len(found)} earlier cut-offs could be learned from; it takes {FEWEST}.")
        judge, learn = found[0], _Examples.together(found[1:])
        if min(judge.active_count, learn.active_count) < FEWEST_ACTIVE:
            raise NoLesson(f"Fewer than {FEWEST_ACTIVE} customers bought again after the earlier cut-offs.")
        grid = Grid.of(np.concatenate([judge.columns, learn.columns]))
        active = boosting.of_probability(learn.of_activity(grid), judge.of_activity(grid))
        money = boosting.of_amount(learn.of_money(grid), judge.of_money(grid))
        return cls(tuple(example.day for example in found), length, grid, active, money)

    def columns(self, days: PurchaseDays, cut_off: date, fits: Fits) -> FloatArray:
        """What the trees read of each known customer, shape (n, COLUMNS)."""
        rfm = days.summary(cut_off)
        return _columns(features(days, cut_off, self.lesson_days), fits.predict(rfm, self.lesson_days))

    def correct(self, columns: FloatArray, said: Prediction, level: Prediction) -> Prediction:
        """`said` with the trees' corrections, at the totals of `level`."""
        assert said.purchases is not None
        assert said.value is not None
        assert said.active is not None
        assert level.active is not None
        steps = self.grid.steps(columns)
        active = boosting.probability(said.active, self.active(steps), float(level.active.sum()))
        grown = active / np.maximum(said.active, boosting.CERTAIN)
        purchases, value = said.purchases * grown, said.value * grown * np.exp(self.money(steps))
        return Prediction(_at(purchases, level.purchases), _at(value, level.value), active, True)


@dataclass(frozen=True)
class Boosted:
    """A booster at one cut-off, with all it takes to predict the known customers again."""

    booster: Booster
    columns: FloatArray
    "Shape (n, COLUMNS)."
    said: Prediction
    "By the model alone, as is `level`; its totals are the prediction's."
    level: Prediction

    def prediction(self) -> Prediction:
        return self.booster.correct(self.columns, self.said, self.level)

    def take(self, rows: IndexArray) -> Boosted:
        """Some of the customers, at their own totals."""
        return replace(self, columns=self.columns[rows], said=_take(self.said, rows), level=_take(self.level, rows))

    def shuffled(self, column: int, order: IndexArray) -> Boosted:
        """One column as if it were of other customers."""
        columns = self.columns.copy()
        columns[:, column] = columns[order, column]
        return replace(self, columns=columns)


def lessons(first: date, cut_off: date, horizon_days: int) -> tuple[tuple[date, ...], int]:
    """Earlier cut-offs, latest first, and the days after each: the horizon, or a third of the past where less.

    Raises NoLesson where a third of the past is less than SHORTEST_LESSON days.

    >>> lessons(date(2009, 12, 1), date(2011, 6, 10), 182)[0][-1].isoformat()
    '2010-06-10'
    """
    past = (cut_off - first).days
    length = min(horizon_days, past // 3)
    if length < min(horizon_days, SHORTEST_LESSON):
        raise NoLesson(f"{past} days of past hold no earlier cut-off to learn from.")
    rolling = [length + step * (length // 2) for step in range(ROLLING)]
    yearly = [YEAR] if length <= YEAR else []
    back = yearly + [days for days in rolling if not yearly or abs(YEAR - days) > length // 4]
    usable = sorted(days for days in back if past - days >= length // 2)
    return tuple(cut_off - timedelta(days=days) for days in usable), length


@dataclass(frozen=True)
class _Examples:
    """Customers at one earlier cut-off or several, the model at the level of what came."""

    day: date
    columns: FloatArray
    p_active: FloatArray
    amount_if_active: FloatArray
    is_active: NDArray[np.bool_]
    value: FloatArray

    @classmethod
    def together(cls, parts: list[_Examples]) -> _Examples:
        names = ("columns", "p_active", "amount_if_active", "is_active", "value")
        return cls(parts[0].day, *(np.concatenate([getattr(part, name) for part in parts]) for name in names))

    @property
    def active_count(self) -> int:
        return int(np.count_nonzero(self.is_active))

    def of_activity(self, grid: Grid) -> Rows:
        return Rows(grid.steps(self.columns), self.p_active, self.is_active.astype(float))

    def of_money(self, grid: Grid) -> Rows:
        bought = self.is_active
        return Rows(grid.steps(self.columns[bought]), self.amount_if_active[bought], self.value[bought])


def _example(model: str, days: PurchaseDays, day: date, length: int) -> _Examples | None:
    """None where the model cannot be fitted to what was known, or where nothing came."""
    rfm, came = days.summary(day), days.outcome(day, length)
    try:
        said = Fits.at(model, rfm).predict(rfm, length)
    except (NotEnoughData, NotConverged):
        return None
    assert said.active is not None
    assert said.value is not None
    bought = came.purchases > 0
    if not 0 < np.count_nonzero(bought) < len(bought) or came.value[bought].sum() <= 0.0:
        return None
    p_active = boosting.probability(said.active, np.zeros(len(bought)), float(bought.sum()))
    amount = np.maximum(said.value / np.maximum(said.active, boosting.CERTAIN), boosting.CERTAIN)
    amount *= came.value[bought].sum() / amount[bought].sum()
    rows = np.arange(0, len(bought), max(1, -(-len(bought) // MOST_ROWS)))
    columns = _columns(features(days, day, length), said)
    return _Examples(day, columns[rows], p_active[rows], amount[rows], bought[rows], came.value[rows])


def _columns(known: pd.DataFrame, said: Prediction) -> FloatArray:
    assert said.purchases is not None
    assert said.value is not None
    assert said.active is not None
    order_value = said.value / np.maximum(said.purchases, boosting.CERTAIN)
    # To seven digits: a split must not hang on the last one, which differs between machines.
    own = np.column_stack([said.active, said.purchases, order_value]).astype(np.float32)
    return np.column_stack([known[list(FEATURES)].to_numpy(dtype=float), own])


def _at(figures: FloatArray, level: FloatArray | None) -> FloatArray:
    """The same figures with the sum of `level`."""
    assert level is not None
    total = float(figures.sum())
    return figures * (float(level.sum()) / total) if total > 0.0 else figures


def _first(days: PurchaseDays) -> date:
    return date(1970, 1, 1) + timedelta(days=int(days.first_day.min()) if len(days) else number(date(1970, 1, 1)))


def _take(said: Prediction, rows: IndexArray) -> Prediction:
    assert said.purchases is not None
    assert said.value is not None
    assert said.active is not None
    return Prediction(said.purchases[rows], said.value[rows], said.active[rows], True)
