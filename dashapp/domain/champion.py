"""Which model won the backtest, and in one sentence how it does against anybody's simple forecast.

Three metrics decide together: RMSE, |total bias| and normalised Gini of value. MAE has no vote, because forecasts of
the median win it and ruin totals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashapp.domain.backtest_results import DifferenceRow
from dashapp.domain.evaluation import LARGER_IS_BETTER
from dashapp.domain.resampling import interval

FloatArray = NDArray[np.float64]
TARGET = "value"
DECISIVE = {"rmse": "RMSE", "abs_bias_pct": "total error", "gini": "Gini"}
FEWEST_ORIGINS = 2
"One season proves nothing about the next."
RULE = (
    "The model that scores the customers stays champion unless another, tested at two cut-offs or more, has a better "
    "mean rank on RMSE, |total bias| and normalised Gini of value, is better on at least one of the three by more than "
    "the 95 % bootstrap interval of the difference, and worse by more than that on none."
)


@dataclass(frozen=True)
class Measure:
    """One metric of one prediction, per origin and over all."""

    values: FloatArray
    "Shape (origins,)."
    replicates: FloatArray
    "Shape (origins, replicates)."

    @property
    def pooled(self) -> float:
        return float(self.values.mean())

    @property
    def pooled_replicates(self) -> FloatArray:
        return np.asarray(self.replicates.mean(axis=0))


Key = tuple[str, str, str]
"Predictor, target, metric."
Measures = Mapping[Key, Measure]


def difference(measures: Measures, model: str, other: str, target: str, metric: str) -> DifferenceRow:
    """Model less other, over all origins, on the same replicates."""
    one, two = measures[model, target, metric], measures[other, target, metric]
    gap = one.pooled - two.pooled
    return DifferenceRow(
        model, other, target, metric, gap, *interval(gap, one.pooled_replicates - two.pooled_replicates)
    )


def better(row: DifferenceRow) -> int:
    """1 where the model is better than the other by more than chance, -1 where it is worse, 0 where neither is clear.

    >>> better(DifferenceRow("a", "b", "value", "rmse", -3.0, -5.0, -1.0))
    1
    """
    sign = 1 if row.metric in LARGER_IS_BETTER else -1
    return sign * (int(row.low > 0.0) - int(row.high < 0.0))


def choose(measures: Measures, models: Sequence[str], incumbent: str) -> str:
    """The champion by RULE; a tie stays with the incumbent."""
    if len(measures[incumbent, TARGET, "rmse"].values) < FEWEST_ORIGINS:
        return incumbent
    ranks = mean_ranks(measures, models)
    rivals = sorted((name for name in models if ranks[name] < ranks[incumbent]), key=lambda name: (ranks[name], name))
    return next((name for name in rivals if beats(measures, name, incumbent)), incumbent)


def mean_ranks(measures: Measures, models: Sequence[str]) -> dict[str, float]:
    """Mean rank of each model over origins and decisive metrics; 1 is best, equal values share a rank."""
    tables = [
        np.stack([_badness(measures[name, TARGET, metric], metric) for name in models]) for metric in DECISIVE
    ]  # metric x (model, origin)
    stacked = np.concatenate(tables, axis=1)
    below = (stacked[:, None] > stacked[None]).sum(axis=1)
    equal = (stacked[:, None] == stacked[None]).sum(axis=1)
    return dict(zip(models, (below + (equal + 1) / 2.0).mean(axis=1).tolist(), strict=True))


def _badness(measure: Measure, metric: str) -> FloatArray:
    signed = -measure.values if metric in LARGER_IS_BETTER else measure.values
    # Two predictions at the same total differ in the last digits of their error, which is no rank.
    return np.where(np.isnan(signed), np.inf, np.round(signed, 9))


def beats(measures: Measures, model: str, other: str) -> bool:
    """Clearly better on at least one decisive metric and clearly worse on none."""
    verdicts = [better(difference(measures, model, other, TARGET, metric)) for metric in DECISIVE]
    return max(verdicts) > 0 and min(verdicts) >= 0


def sentence(measures: Measures, champion: str, baselines: Sequence[str], titles: Mapping[str, str]) -> str:
    """Losses first, then what is undecided, then wins; a metric is named where the difference is more than chance."""
    told: dict[str, list[str]] = {"lost": [], "mixed": [], "level": [], "won": []}
    for name in baselines:
        rows = {metric: difference(measures, champion, name, TARGET, metric) for metric in DECISIVE}
        worse = [metric for metric, row in rows.items() if better(row) < 0]
        good = [metric for metric, row in rows.items() if better(row) > 0]
        where = " (" + "; ".join(_figures(measures, champion, name, metric) for metric in worse or good) + ")"
        if worse and good:
            more = f"; better in {listed([DECISIVE[metric] for metric in good])})"
            told["mixed"].append(titles[name] + where[:-1] + more)
        else:
            kind = "lost" if worse else "won" if good else "level"
            told[kind].append(titles[name] + (where if worse else ""))
    verbs = {
        "lost": "loses to", "mixed": "is worse in part than", "level": "is not clearly better than", "won": "beats",
    }  # fmt: skip
    parts = [f"{verb} {listed(told[kind])}" for kind, verb in verbs.items() if told[kind]]
    return f"{titles[champion]} " + "; it ".join(parts)


def _figures(measures: Measures, model: str, other: str, metric: str) -> str:
    one, two = (measures[name, TARGET, metric].pooled for name in (model, other))
    return f"{DECISIVE[metric]} {_shown(one, metric)} against {_shown(two, metric)}"


def _shown(value: float, metric: str) -> str:
    if metric == "abs_bias_pct":
        return f"{value:.1f} %"
    return f"{value:.3f}" if metric == "gini" else f"{value:,.2f}" if abs(value) < 1000 else f"{value:,.0f}"


def listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]
