"""What the corrections of a learned challenger owe to each thing they read: permutation importance.

At the latest cut-off, whose days after it were never learned from, one column is shuffled among the customers and the
prediction made anew; what the metric loses is the column's worth (Breiman 2001, Random Forests, section 10). Columns
that say the same share their worth, and the model's own prediction under the corrections is not shuffled.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dashapp.domain import evaluation as ev
from dashapp.domain.backtest_results import ImportanceRow
from dashapp.domain.baseline import Prediction
from dashapp.domain.booster import COLUMNS, OWN
from dashapp.domain.evaluation import FloatArray, Pair, Statistic
from dashapp.domain.features import FEATURES
from dashapp.domain.holdout import Candidate, Holdout, every
from dashapp.domain.resampling import Resampling, interval

SAMPLE = 4_000
"Customers, evenly spread."
MEANING = FEATURES | OWN
MEASURED = {("value", "gini"): ev.AMOUNTS["gini"], ("active", "auc"): ev.PROBABILITIES["auc"]}


def rows(holdout: Holdout, candidate: Candidate, resampling: Resampling) -> Iterator[ImportanceRow]:
    """One row per column and metric, with the 95 % interval of the bootstrap over customers."""
    assert candidate.boosted is not None
    sample = every(len(holdout.patterns), SAMPLE)
    customers = holdout.history.days.known(holdout.history.cut_off)[sample]
    came = {"value": holdout.outcome.value[sample], "active": (holdout.outcome.purchases[sample] > 0).astype(float)}
    boosted = candidate.boosted.take(sample)
    whole = _judged(boosted.prediction(), came)
    draws = {key: resampling.of(found, customers) for key, found in whole.items()}
    order = np.random.default_rng(resampling.seed)
    for position, name in enumerate(COLUMNS):
        shuffled = boosted.shuffled(position, order.permutation(len(sample)))
        for key, found in _judged(shuffled.prediction(), came).items():
            drop = whole[key].value - found.value
            bounds = interval(drop, draws[key] - resampling.of(found, customers))
            yield ImportanceRow(candidate.model, name, MEANING[name], *key, drop, *bounds)


def _judged(said: Prediction, came: dict[str, FloatArray]) -> dict[tuple[str, str], Statistic]:
    predicted = {"value": said.value, "active": said.active}
    found = {}
    for (target, metric), statistic in MEASURED.items():
        figures = predicted[target]
        assert figures is not None
        found[target, metric] = statistic(Pair.of(figures, came[target]))
    return found
