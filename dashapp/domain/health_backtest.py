"""The health score put to the test: learnt from what was known on the evening of a cut-off, judged on what came.

On that evening the same thing is done as today: the days known so far are cut by the rule of `origins`, and only
outcomes that were complete by then are learnt from. Where the known past is too short for the whole horizon, the
weights are learnt on a shorter one. The latest cut-off is the untouched one: it decides what is used. Everything
happens in a regular sample of customers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from dashapp.domain import evaluation as ev
from dashapp.domain import risk, shelf
from dashapp.domain.evaluation import Pair
from dashapp.domain.features import features
from dashapp.domain.health import Evening, HealthModel, train
from dashapp.domain.health_results import HealthAblationRow, HealthBandRow, HealthRow, HealthVerdictRow
from dashapp.domain.health_terms import SEEN, TERMS, terms
from dashapp.domain.logistic import expit, logit
from dashapp.domain.model import PurchaseFit, Status
from dashapp.domain.origins import cuts
from dashapp.domain.patterns import Patterns
from dashapp.domain.periods import to_periods
from dashapp.domain.purchase_days import PurchaseDays
from dashapp.domain.resampling import Resampling, interval
from dashapp.errors import NotConverged, NotEnoughData

FloatArray = NDArray[np.float64]
CUSTOMERS = 25_000
"Sampled; a Brier score of so many is known to about 0.001."
LEARNT_FROM = 6_000
"Per cut-off; the cut-offs differ by more than so many customers of one do."
CHOICES = {"health": tuple(TERMS), "platt": ("rhythm",)}
"In the order of preference: all terms, or only the purchase model's log-odds."
VISIBLE = 0.0005
"Of an ECE: half of the last digit a reader sees. Less is rounding where everybody is off to the same side."
NOTHING = float("nan")


@dataclass(frozen=True)
class HealthTest:
    """Rows by table, without a cut-off only the verdict."""

    health_verdict: tuple[HealthVerdictRow, ...]
    health: tuple[HealthRow, ...] = ()
    health_bands: tuple[HealthBandRow, ...] = ()
    health_ablation: tuple[HealthAblationRow, ...] = ()


@dataclass(frozen=True)
class Examiner:
    """What every cut-off is looked at with."""

    days: PurchaseDays
    "The sample."
    observed_from: date
    model: str
    "Purchase model whose p_active is judged and built on."
    origins: int
    resampling: Resampling
    fits: dict[date, PurchaseFit] = field(default_factory=dict)

    def evening(self, cut_off: date, horizon_days: int) -> Evening:
        """Raises NotEnoughData and NotConverged."""
        rfm = self.days.summary(cut_off)
        if cut_off not in self.fits:
            fitted = shelf.purchase_model(self.model).fit(rfm)
            if fitted.status is Status.NOT_CONVERGED:
                raise NotConverged("The purchase model found no optimum.")
            self.fits[cut_off] = fitted
        fitted = self.fits[cut_off]
        odds = logit(fitted.p_active(Patterns.from_frame(rfm), to_periods(horizon_days, fitted.time_unit)))
        bought = (self.days.outcome(cut_off, horizon_days).purchases > 0).astype(float)
        return Evening(terms(features(self.days, cut_off, horizon_days, SEEN), odds, horizon_days), odds, bought)

    def evenings(self, cut_offs: Sequence[date], horizon_days: int) -> list[Evening]:
        """Those that can be fitted, thinned out."""
        found = []
        for cut_off in cut_offs:
            try:
                found.append(self.evening(cut_off, horizon_days).every(LEARNT_FROM))
            except (NotEnoughData, NotConverged):
                continue
        return found

    def past(self, cut_off: date, horizon_days: int) -> tuple[list[Evening], int]:
        """What could be learnt from on the evening of `cut_off`, and the days ahead it is about."""
        known = cuts(self.observed_from, cut_off, horizon_days, self.origins)
        return self.evenings(known.cut_offs, known.horizon_days), known.horizon_days


@dataclass(frozen=True)
class Trial:
    """One cut-off: every predictor learnt before it, and what came."""

    origin: int
    cut_off: date
    evening: Evening
    past: list[Evening]
    past_horizon_days: int
    models: dict[str, HealthModel]

    @classmethod
    def at(cls, examiner: Examiner, origin: int, cut_off: date, horizon_days: int) -> Trial:
        """Raises NotEnoughData and NotConverged."""
        evening = examiner.evening(cut_off, horizon_days)
        past, past_horizon = examiner.past(cut_off, horizon_days)
        learnt = {name: train(past, use) for name, use in CHOICES.items()} if past else {}
        found = {name: model for name, model in learnt.items() if model.cut_offs}
        return cls(origin, cut_off, evening, past, past_horizon, {"p_active": HealthModel.plain()} | found)

    def probability(self, model: HealthModel) -> FloatArray:
        return expit(model.log_odds(self.evening.terms, self.evening.log_odds))

    def rows(self, examiner: Examiner) -> Iterator[HealthRow]:
        customers = examiner.days.known(self.cut_off)
        pairs = {name: Pair.of(self.probability(model), self.evening.outcome) for name, model in self.models.items()}
        for metric, statistic in ev.PROBABILITIES.items():
            computed = {name: statistic(pair) for name, pair in pairs.items()}
            draws = {name: examiner.resampling.of(found, customers) for name, found in computed.items()}
            base = computed["p_active"].value
            for name, found in computed.items():
                low, high = interval(found.value, draws[name])
                change = (NOTHING,) * 3
                if name != "p_active":
                    gap = found.value - base
                    change = (gap, *interval(gap, draws[name] - draws["p_active"]))
                low = max(low, 0.0) if metric in ev.NEVER_NEGATIVE else low
                yield HealthRow(self.origin, name, metric, len(customers), found.value, low, high, *change)


def examine(
    days: PurchaseDays, observed_from: date, cut_offs: Sequence[date], horizon_days: int, model: str,
    bands: risk.Bands, seed: int, replicates: int, origins: int,
) -> HealthTest:  # fmt: skip
    """Test at every cut-off, latest first, and train today's model on all of them."""
    sample = days.sample(CUSTOMERS)
    examiner = Examiner(sample, observed_from, model, origins, Resampling(len(sample), seed, replicates))
    trials = list(_trials(examiner, cut_offs, horizon_days))
    if not trials:
        return HealthTest((_nothing(bands),))
    latest = trials[0]
    rows = [row for trial in trials for row in trial.rows(examiner)]
    judged = [row for row in rows if row.origin == latest.origin]
    used = choose(judged)
    measured = bands.measured(100.0 * latest.probability(latest.models[used]), latest.evening.outcome)
    ablated = _ablation(latest, seed) if "health" in latest.models else ()
    verdict = HealthVerdictRow(
        used, _sentence(latest, used, judged, horizon_days),
        horizon_days, latest.past_horizon_days if latest.past else 0, bands.high_below, bands.low_from,
        risk.are_separated(measured), risk.sentence(measured, horizon_days), _today(trials, used).to_json(),
    )  # fmt: skip
    return HealthTest((verdict,), tuple(rows), measured, tuple(ablated))


def choose(rows: Sequence[HealthRow]) -> str:
    """The first of CHOICES that did better at the untouched cut-off than p_active, which is used where none did.

    Better is a Brier score lower by more than the bootstrap's interval, or no higher together with a visibly lower ECE.
    """
    told = {(row.predictor, row.metric): row for row in rows}
    for name in CHOICES:
        if (name, "brier") in told:
            brier, ece = told[name, "brier"], told[name, "ece"]
            if brier.difference_high < 0.0 or (brier.difference <= 0.0 and ece.difference < -VISIBLE):
                return name
    return "p_active"


def _trials(examiner: Examiner, cut_offs: Sequence[date], horizon_days: int) -> Iterator[Trial]:
    for origin, cut_off in enumerate(cut_offs, start=1):
        try:
            yield Trial.at(examiner, origin, cut_off, horizon_days)
        except (NotEnoughData, NotConverged):
            continue


def _today(trials: Sequence[Trial], used: str) -> HealthModel:
    """Trained on every cut-off of the backtest, the untouched one included."""
    if used not in CHOICES:
        return HealthModel.plain()
    return train([trial.evening.every(LEARNT_FROM) for trial in trials], CHOICES[used])


def _ablation(trial: Trial, seed: int) -> Iterator[HealthAblationRow]:
    """Each term left out and learnt again with the same ridge, and each shuffled under the same weights."""
    whole = trial.models["health"]
    base, order = (
        _judged(trial, trial.evening, whole),
        np.random.default_rng(seed).permutation(len(trial.evening.outcome)),
    )
    for number, term in enumerate(TERMS):
        rest = [name for name in TERMS if name != term]
        without = _judged(trial, trial.evening, train(trial.past, rest, whole.ridge))
        dealt = trial.evening.terms.copy()
        dealt[:, number] = dealt[order, number]
        odds = trial.evening.log_odds[order] if term == "rhythm" else trial.evening.log_odds
        shuffled = _judged(trial, Evening(dealt, odds, trial.evening.outcome), whole)
        yield HealthAblationRow(
            term, whole.weights[number], without[0] - base[0], without[1] - base[1], shuffled[0] - base[0],
            shuffled[1] - base[1],
        )  # fmt: skip


def _judged(trial: Trial, evening: Evening, model: HealthModel) -> tuple[float, float]:
    """Brier and AUC."""
    pair = Pair.of(expit(model.log_odds(evening.terms, evening.log_odds)), trial.evening.outcome)
    return ev.brier(pair).value, ev.auc(pair).value


def _sentence(trial: Trial, used: str, rows: Sequence[HealthRow], horizon_days: int) -> str:
    told = {(row.predictor, row.metric): row for row in rows}
    where = f"In the {horizon_days} days after {trial.cut_off:%d %b %Y}"
    alone = "The health score is the purchase model's probability"
    if len(trial.models) == 1:
        return f"{alone}: before {trial.cut_off:%d %b %Y} there was nothing to learn from."
    if used == "p_active":
        return (
            f"{alone}. {where} more signals did not help beyond chance: Brier {_best(told):.4f} with them, "
            f"{told['p_active', 'brier'].value:.4f} without."
        )
    brier, auc = told[used, "brier"], told[used, "auc"]
    what = "The health score" if used == "health" else "The purchase model's probability, recalibrated,"
    how = (
        "better than the purchase model alone"
        if brier.difference_high < 0.0
        else "no worse than the purchase model alone and was better calibrated, which may be chance"
    )
    return (
        f"{what} did {how}. {where}: Brier {brier.value:.4f} against {told['p_active', 'brier'].value:.4f} "
        f"(difference {brier.difference_low:+.4f} to {brier.difference_high:+.4f}), "
        f"AUC {auc.value:.3f} against {told['p_active', 'auc'].value:.3f}."
    )


def _best(told: Mapping[tuple[str, str], HealthRow]) -> float:
    return min(told[name, "brier"].value for name in CHOICES if (name, "brier") in told)


def _nothing(bands: risk.Bands) -> HealthVerdictRow:
    sentence = "There is no health score: no cut-off of the past could be tested, so no score could be measured."
    return HealthVerdictRow("", sentence, 0, 0, bands.high_below, bands.low_from, False, "", "")
