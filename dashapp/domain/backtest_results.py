"""What a backtest leaves behind: rows of plain values, one class per table; a snapshot stores them as they are."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import pandas as pd

from dashapp.domain.forecast_parts import PartRow
from dashapp.domain.health_results import HealthAblationRow, HealthBandRow, HealthRow, HealthVerdictRow
from dashapp.domain.widening import Widening

POOLED = 0
"Origin number of figures over all origins: the mean, each origin counting the same."


@dataclass(frozen=True)
class OriginRow:
    """One cut-off and what came after it. Origins are numbered from 1, the latest cut-off first."""

    origin: int
    cut_off: date
    holdout_until: date
    customers: int
    "Known at the cut-off, as the next four."
    active_customers: int
    purchases: int
    value: float
    later_customers: int
    "First seen in the holdout; in no other figure, as the next two."
    later_purchases: int
    later_value: float


@dataclass(frozen=True)
class MetricRow:
    """A metric of one prediction with its 95 % bootstrap interval."""

    origin: int
    predictor: str
    title: str
    "What a reader calls the predictor."
    kind: str
    "'model' or 'baseline'."
    target: str
    "'purchases', 'value' or 'active'."
    metric: str
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class DifferenceRow:
    """Metric of the model less that of the other, with the 95 % interval of paired replicates; over all origins."""

    model: str
    other: str
    "A baseline, or for challengers the incumbent model."
    target: str
    metric: str
    difference: float
    low: float
    high: float


@dataclass(frozen=True)
class DecileRow:
    origin: int
    model: str
    target: str
    decile: int
    "Of the prediction; 10 the highest."
    customers: int
    predicted: float
    "Mean per customer, as is `actual`."
    actual: float


@dataclass(frozen=True)
class CalibrationRow:
    origin: int
    model: str
    kind: str
    "'frequency': purchases by repeat purchases so far, the last band 7 and more; 'active': by tenth of probability."
    band: int
    customers: int
    predicted: float
    actual: float


@dataclass(frozen=True)
class TrackingRow:
    """Purchases from the cut-off to the end of `day`, of all known customers."""

    origin: int
    model: str
    day: int
    "Days after the cut-off."
    expected: float
    actual: int


@dataclass(frozen=True)
class CoverageRow:
    """How often the interval of money held what came, in a regular sample of customers."""

    origin: int
    model: str
    kind: str
    "'model': as the model gives it; 'widened': as published, with what windows over by that cut-off taught."
    level: float
    "Nominal."
    decile: int
    "Of the predicted value; 0 for all."
    customers: int
    covered: float
    width: float
    "Mean, money."


@dataclass(frozen=True)
class WideningRow:
    """How much wider than modelled the intervals of the model in use are made, and what that does at the cut-offs."""

    level: float
    stretch: float
    "Of the intervals published now: the logarithm of how much busier or quieter the shop is taken for."
    windows: int
    "Earlier windows this rests on, besides those presumed. The next four are NaN where no cut-off could be tested."
    model_short: float
    "Mean over the cut-offs of how much fewer customers than `level` lay inside intervals as the model gives them."
    widened_short: float
    "The same as widened by what was known at each cut-off."
    fewest: float
    "Share inside at the worst cut-off, as widened."
    width_ratio: float
    "Mean width as widened, times as modelled, mean over the cut-offs; NaN where the model's have none."
    widening: str
    "JSON of a dashapp.domain.widening.Widening."


@dataclass(frozen=True)
class ImportanceRow:
    """What a metric of a learned challenger loses at the latest cut-off when one thing it reads is shuffled."""

    model: str
    feature: str
    meaning: str
    target: str
    metric: str
    worth: float
    "The metric as it is less the metric with the column shuffled; 0 where the column tells nothing."
    low: float
    high: float


@dataclass(frozen=True)
class NoteRow:
    """What could not be done as asked, and why."""

    position: int
    note: str


@dataclass(frozen=True)
class SummaryRow:
    """One row: the verdict and all it takes to come to it again."""

    champion: str
    "Empty without an origin."
    incumbent: str
    "The model that scores the customers; it stays champion unless another wins by more than chance."
    sentence: str
    "How the model in use does against the baselines, losses first; or why there is no backtest."
    rule: str
    "How the champion was chosen."
    asked_horizon_days: int
    "As set; `horizon_days` is what the data allowed."
    horizon_days: int
    asked_origins: int
    origins: int
    models: str
    "Names with a comma between."
    fingerprint: str
    seed: int
    replicates: int
    versions: str
    "JSON."


@dataclass(frozen=True)
class Backtest:
    """All tables of one backtest."""

    summary: tuple[SummaryRow, ...]
    origins: tuple[OriginRow, ...] = ()
    metrics: tuple[MetricRow, ...] = ()
    differences: tuple[DifferenceRow, ...] = ()
    deciles: tuple[DecileRow, ...] = ()
    calibration: tuple[CalibrationRow, ...] = ()
    tracking: tuple[TrackingRow, ...] = ()
    coverage: tuple[CoverageRow, ...] = ()
    widenings: tuple[WideningRow, ...] = ()
    importance: tuple[ImportanceRow, ...] = ()
    parts: tuple[PartRow, ...] = ()
    notes: tuple[NoteRow, ...] = ()
    health_verdict: tuple[HealthVerdictRow, ...] = ()
    health: tuple[HealthRow, ...] = ()
    health_bands: tuple[HealthBandRow, ...] = ()
    health_ablation: tuple[HealthAblationRow, ...] = ()

    def widening(self, level: float) -> Widening | None:
        """For intervals made now; None without a backtest."""
        found = (row.widening for row in self.widenings if row.level == level)
        return next(map(Widening.from_json, found), None)

    @property
    def verdict(self) -> SummaryRow:
        return self.summary[0]

    def frame(self, table: str) -> pd.DataFrame:
        """One table by name, columns in order even without rows."""
        rows = getattr(self, table)
        names = [field.name for field in fields(TABLES[table])]
        return pd.DataFrame([[getattr(row, name) for name in names] for row in rows], columns=names)


TABLES: dict[str, type[Any]] = {
    "summary": SummaryRow, "origins": OriginRow, "metrics": MetricRow, "differences": DifferenceRow,
    "deciles": DecileRow, "calibration": CalibrationRow, "tracking": TrackingRow, "coverage": CoverageRow,
    "widenings": WideningRow, "importance": ImportanceRow, "parts": PartRow, "notes": NoteRow,
    "health_verdict": HealthVerdictRow, "health": HealthRow,
    "health_bands": HealthBandRow, "health_ablation": HealthAblationRow,
}  # fmt: skip
