"""How wrong the predictions would have been: every model and baseline at several cut-offs against what then came.

At each cut-off everything is fitted to the days up to it and judged on the days after it. The same days, plan and
versions give the same figures to the last digit, on any number of threads.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import cast

import numpy as np

from dashapp.domain import baseline, challengers, champion, forecast_parts, health_backtest, importance, offer, shelf
from dashapp.domain import evaluation as ev
from dashapp.domain.backtest_results import (
    POOLED,
    Backtest,
    CoverageRow,
    DifferenceRow,
    MetricRow,
    NoteRow,
    SummaryRow,
)  # fmt: skip
from dashapp.domain.baseline import Prediction
from dashapp.domain.booster import NoLesson
from dashapp.domain.champion import Key, Measure
from dashapp.domain.earlier import Earlier
from dashapp.domain.evaluation import Pair
from dashapp.domain.forecast_parts import Parts
from dashapp.domain.holdout import Candidate, Holdout
from dashapp.domain.model import SpendFit
from dashapp.domain.origins import Cuts, cuts, judged_until
from dashapp.domain.purchase_days import PurchaseDays
from dashapp.domain.resampling import REPLICATES, Resampling, interval
from dashapp.domain.risk import Bands
from dashapp.domain.scoring import Report
from dashapp.domain.season_level import NoSeason
from dashapp.domain.versions import versions
from dashapp.errors import InputError, NotConverged, NotEnoughData

SEED = 20_260_101


@dataclass(frozen=True)
class Plan:
    """What to test. Raises InputError for a model that is not on the shelf or numbers out of range."""

    horizon_days: int
    origins: int = 3
    models: tuple[str, ...] = ("bg_nbd", "mbg_nbd")
    "Purchase models and challengers, each with Gamma-Gamma for the money; the incumbent is always among them."
    incumbent: str = shelf.DEFAULT_PURCHASES
    seed: int = SEED
    replicates: int = REPLICATES
    bands: Bands = field(default_factory=Bands)
    "Of the health score."
    by_month: bool = True
    "End with the last month that is over, as a refresh does; False: with the last observed day."

    def __post_init__(self) -> None:
        shelf.purchase_model(self.incumbent)
        known = challengers.titles()
        for name in self.candidates:
            if name not in known:
                raise InputError(f"There is no purchase model {name!r}.", f"Models are {', '.join(known)}.")
        if self.horizon_days < 1 or self.origins < 1 or self.replicates < 2:
            raise InputError("Horizon, cut-offs and replicates must be positive.", "Look at least 1 day ahead.")

    @property
    def candidates(self) -> tuple[str, ...]:
        """The incumbent first, each model once."""
        return tuple(dict.fromkeys((self.incumbent, *self.models)))


@dataclass
class _Gathered:
    """What the origins have left so far."""

    origins: list[Holdout] = field(default_factory=list)
    measures: dict[Key, list[tuple[float, ev.FloatArray]]] = field(default_factory=lambda: defaultdict(list))
    tables: dict[str, list[object]] = field(default_factory=lambda: defaultdict(list))
    notes: list[str] = field(default_factory=list)
    stand_ins: Counter[str] = field(default_factory=Counter)
    "Cut-offs at which a challenger was only the model it is made of."

    def is_proved(self, name: str) -> bool:
        """A challenger that was itself at one cut-off has seen one season, and may not win by it."""
        return len(self.origins) - self.stand_ins[name] >= champion.FEWEST_ORIGINS or not self.stand_ins[name]

    def complete(self) -> dict[Key, Measure]:
        """Measures of whatever was tested at every origin."""
        return {
            key: Measure(np.array([value for value, _ in found]), np.stack([draws for _, draws in found]))
            for key, found in self.measures.items()
            if len(found) == len(self.origins)
        }


def run(
    days: PurchaseDays,
    observed_from: date,
    observed_until: date,
    plan: Plan,
    progress: Report | None = None,
    parts: Parts | None = None,
) -> Backtest:
    """Test every model and baseline of the plan. Data too short for one cut-off give a Backtest that says why.

    What came after the last month that is over is not looked at where the data are long enough without (origins.py).
    parts: for how right the model in use was on each of them; none are judged without.
    """
    tell = progress or (lambda fraction, message: None)
    if plan.by_month:
        observed_until = judged_until(observed_from, observed_until, plan.horizon_days, plan.origins)
    days = days.until(observed_until)
    found = cuts(observed_from, observed_until, plan.horizon_days, plan.origins)
    gathered = _Gathered(notes=list(found.notes))
    resampling = Resampling(len(days), plan.seed, plan.replicates)
    earlier = Earlier.of(days, observed_from, found.horizon_days, plan.incumbent)
    for position, cut_off in enumerate(found.cut_offs):
        tell(position / len(found.cut_offs), f"Testing the cut-off {cut_off}")
        holdout = Holdout.of(len(gathered.origins) + 1, days, cut_off, found.horizon_days)
        _test(holdout, plan, resampling, earlier, gathered, parts)
    coverage = cast("list[CoverageRow]", gathered.tables["coverage"])
    gathered.tables["widenings"] += earlier.rows(observed_until, coverage)
    gathered.notes += earlier.notes(observed_until)
    tell(1.0, f"{len(gathered.origins)} cut-offs tested")
    return _result(days, observed_from, plan, found, gathered)


def _test(
    holdout: Holdout, plan: Plan, resampling: Resampling, earlier: Earlier, gathered: _Gathered, parts: Parts | None
) -> None:
    """One origin; it counts only where the incumbent can be fitted."""
    candidates = []
    try:
        spend = holdout.spend()
        candidates.append(holdout.candidate(plan.incumbent, spend))
    except (NotEnoughData, NotConverged) as error:
        gathered.notes.append(f"The cut-off {holdout.history.cut_off} was left out: {error.message}")
        return
    for name in plan.candidates[1:]:
        if challengers.is_too_large(name, len(holdout.patterns)):
            gathered.notes.append(
                f"{name} was not tested at {holdout.history.cut_off}: too many customers for the time."
            )
            continue
        try:
            candidates.append(_challenger_or_plain(holdout, name, spend, gathered))
        except (NotEnoughData, NotConverged) as error:
            gathered.notes.append(f"{name} was not tested at {holdout.history.cut_off}: {error.message}")
    gathered.origins.append(holdout)
    rows = holdout.history.days.known(holdout.history.cut_off)
    if parts is not None:
        gathered.tables["parts"] += _parts(holdout, candidates[0].prediction, parts)
    for candidate in candidates:
        pairs = holdout.pairs(candidate.prediction)
        _measure(candidate.model, candidate.prediction, pairs, resampling, rows, gathered)
        gathered.tables["deciles"] += holdout.deciles(candidate.model, pairs)
        gathered.tables["calibration"] += holdout.calibration(candidate.model, pairs)
        if candidate.boosted is None:
            gathered.tables["tracking"] += holdout.tracking(candidate)
            gathered.tables["coverage"] += holdout.intervals(candidate).coverage(
                holdout.number, candidate.model, "model"
            )
        elif holdout.number == 1:
            gathered.tables["importance"] += importance.rows(holdout, candidate, resampling)
    widened = holdout.intervals(candidates[0], earlier.widenings(holdout.history.cut_off))
    gathered.tables["coverage"] += widened.coverage(holdout.number, plan.incumbent, "widened")
    for name, simple in baseline.shelf().items():
        prediction = simple.predict(holdout.history)
        _measure(name, prediction, holdout.pairs(prediction), resampling, rows, gathered)


def _parts(holdout: Holdout, prediction: Prediction, parts: Parts) -> Iterator[forecast_parts.PartRow]:
    assert prediction.value is not None
    known = parts.known(holdout.history.rfm["customer_key"].to_numpy())
    return forecast_parts.judged(holdout.number, known, prediction.value, holdout.outcome.value)


def _challenger_or_plain(holdout: Holdout, name: str, spend: SpendFit, gathered: _Gathered) -> Candidate:
    """Where the past tells no season or holds no lesson, a challenger is the model it is made of; a note says so."""
    try:
        return holdout.candidate(name, spend)
    except (NoSeason, NoLesson) as error:
        lacked = "season" if isinstance(error, NoSeason) else "lesson"
        gathered.notes.append(f"{_titles()[name]} had no {lacked} at {holdout.history.cut_off}: {error.message}")
        gathered.stand_ins[name] += 1
        return replace(holdout.candidate(challengers.base(name), spend), model=name)


def _measure(
    name: str,
    prediction: Prediction,
    pairs: dict[str, Pair],
    resampling: Resampling,
    rows: ev.IndexArray,
    gathered: _Gathered,
) -> None:
    statistics = {
        (name, target, metric): statistic(pair)
        for target, pair in pairs.items()
        for metric, statistic in _metrics(target, prediction).items()
    }
    draws = resampling.each(list(statistics.values()), rows)
    for (key, computed), replicates in zip(statistics.items(), draws, strict=True):
        gathered.measures[key].append((computed.value, replicates))


def _metrics(target: str, prediction: Prediction) -> Mapping[str, ev.Metric]:
    if target != "active":
        return ev.AMOUNTS
    return ev.PROBABILITIES if prediction.is_probability else ev.SCORES


def _result(days: PurchaseDays, observed_from: date, plan: Plan, found: Cuts, gathered: _Gathered) -> Backtest:
    measures = gathered.complete()
    winner, sentence = _verdict(measures, plan, found, gathered)
    summary = SummaryRow(
        winner, plan.incumbent, sentence, champion.RULE, plan.horizon_days, found.horizon_days,
        plan.origins, len(gathered.origins),
        ",".join(plan.candidates), days.fingerprint, plan.seed, plan.replicates, versions(),
    )  # fmt: skip
    gathered.notes += offer.notes(measures, _proved(measures, plan, gathered), plan.incumbent, _titles())
    tables = {name: tuple(rows) for name, rows in gathered.tables.items()}
    health = health_backtest.examine(
        days, observed_from, [holdout.history.cut_off for holdout in gathered.origins], found.horizon_days,
        plan.incumbent, plan.bands, plan.seed, plan.replicates, plan.origins,
    )  # fmt: skip
    return Backtest(
        summary=(summary,),
        origins=tuple(holdout.row() for holdout in gathered.origins),
        metrics=tuple(_metric_rows(gathered)),
        differences=tuple(_differences(measures, plan)),
        notes=tuple(NoteRow(position, note) for position, note in enumerate(gathered.notes, start=1)),
        **vars(health),
        **tables,  # type: ignore[arg-type]
    )


def _verdict(measures: dict[Key, Measure], plan: Plan, found: Cuts, gathered: _Gathered) -> tuple[str, str]:
    if not gathered.origins:
        # Why the latest cut-off was left out, or why there was none.
        reason = gathered.notes[len(found.notes) if found.cut_offs else 0]
        return "", f"There is no backtest of these predictions. {reason}"
    titles = _titles()
    proved = _proved(measures, plan, gathered)
    standing = [name for name in proved if not offer.unbeaten(measures, name, plan.incumbent)]
    winner = champion.choose(measures, standing, plan.incumbent)
    rivals = [name for name in baseline.shelf() if (name, champion.TARGET, "rmse") in measures]
    said = champion.sentence(measures, plan.incumbent, rivals, titles)
    times = "one cut-off" if len(gathered.origins) == 1 else f"{len(gathered.origins)} cut-offs"
    sentence = f"In predicting value {found.horizon_days} days ahead, at {times}, {said}."
    if winner != plan.incumbent:
        place = "could take its place" if winner in shelf.purchase_models() else "does not score customers yet"
        sentence += f" {titles[winner]} did better and {place}."
    return winner, sentence


def _titles() -> dict[str, str]:
    """What a reader calls each predictor."""
    return challengers.titles() | {name: simple.title for name, simple in baseline.shelf().items()}


def _tested(measures: dict[Key, Measure], plan: Plan) -> list[str]:
    return [name for name in plan.candidates if (name, champion.TARGET, "rmse") in measures]


def _proved(measures: dict[Key, Measure], plan: Plan, gathered: _Gathered) -> list[str]:
    return [name for name in _tested(measures, plan) if gathered.is_proved(name)]


def _metric_rows(gathered: _Gathered) -> Iterator[MetricRow]:
    """Every origin, then the mean over origins where all have the figure."""
    simple, titles = baseline.shelf(), _titles()
    for (name, target, metric), measure in gathered.complete().items():
        kind = "baseline" if name in simple else "model"
        figures = [
            *zip((holdout.number for holdout in gathered.origins), measure.values, measure.replicates, strict=True),
            (POOLED, measure.pooled, measure.pooled_replicates),
        ]
        for origin, value, draws in figures:
            low, high = interval(float(value), draws)
            low = max(low, 0.0) if metric in ev.NEVER_NEGATIVE else low
            yield MetricRow(origin, name, titles[name], kind, target, metric, float(value), low, high)


def _differences(measures: dict[Key, Measure], plan: Plan) -> Iterator[DifferenceRow]:
    """Each model against each baseline and the incumbent, wherever both have the metric."""
    models = _tested(measures, plan)
    for name, target, metric in measures:
        if name in models:
            others = [*baseline.shelf(), *([plan.incumbent] if name != plan.incumbent else [])]
            for other in others:
                if (other, target, metric) in measures:
                    yield champion.difference(measures, name, other, target, metric)
