"""Stages of simulated products against the rules most shops use: the last quarter's growth against a threshold.

The promise is for noise of 5 % a month and products that 4,000 customers ever buy; the other worlds are printed because
the stage is a good deal less certain there, and a goal met only in the calmest one should be read beside them.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.harness import Benchmark, Measured, Promise
from benchmarks.product_lives import Lives, World, lives
from dashapp.domain.lifecycle import judge

PHASES = ("introduction", "growth", "maturity", "decline")
SEEDS = (11, 12, 13)
WORLDS = {
    "noise 5 %": World(),
    "noise 10 %": World(noise=0.10),
    "noise 20 %": World(noise=0.20),
    "a quarter of the buyers": World(size=1000.0),
    "strong season": World(season=0.6),
    "shape of neither family": World(shapes=("gamma",)),
    "two years of data": World(months=24),
}


@dataclass(frozen=True)
class Score:
    """How stages compare with the truth, over products that were given one of the four phases or another state."""

    accuracy: float
    macro_f1: float
    answered: float
    "Share of products that were not called new or too early to say."


def score(truth: pd.Series, said: pd.Series) -> Score:
    answered = said[~said.isin(["new", "too_early"])]
    real = truth.loc[answered.index]
    f1 = [
        2 * ((real == phase) & (answered == phase)).sum() / max((real == phase).sum() + (answered == phase).sum(), 1)
        for phase in PHASES
    ]
    return Score(float((real == answered).mean()), float(np.mean(f1)), len(answered) / len(said))


def by_thresholds(world: Lives) -> pd.Series:
    """The common rules: introduction in the first half year, then growth or decline beyond 10 % between quarters."""
    table = world.months.pivot_table(index="product_key", columns="month", values="units", fill_value=0.0)
    last, before = table.iloc[:, -3:].sum(axis=1), table.iloc[:, -6:-3].sum(axis=1)
    change = last / before.where(before > 0, np.nan) - 1
    age = (table > 0).iloc[:, ::-1].cumsum(axis=1).iloc[:, -1]
    stage = np.select([age < 6, change > 0.1, change < -0.1], ["introduction", "growth", "decline"], "maturity")
    return pd.Series(stage, index=table.index)


def stages(world: Lives) -> pd.Series:
    found = judge(world.months, world.products, world.sale_days, world.observed_from, world.observed_until)
    return found.current.set_index("product_key")["stage"]


def run(n: int) -> Measured:
    seconds, scores, common = {}, {}, []
    for name, world in WORLDS.items():
        simulated = [lives(n, world, seed) for seed in SEEDS]
        start = time.perf_counter()
        said = [stages(each) for each in simulated]
        seconds[name] = (time.perf_counter() - start) / len(SEEDS)
        found = [score(each.truth, stage) for each, stage in zip(simulated, said, strict=True)]
        scores[name] = Score(*np.mean([[s.accuracy, s.macro_f1, s.answered] for s in found], axis=0).tolist())
        each = ", ".join(f"{s.accuracy:.3f}" for s in found)
        print(f"  {name:24} accuracy {scores[name].accuracy:.3f} ({each}), macro-F1 {scores[name].macro_f1:.3f}")
        if world == World():
            asked = [stage[~stage.isin(["new", "too_early"])].index for stage in said]
            common = [
                score(each.truth, by_thresholds(each).loc[keys]).accuracy
                for each, keys in zip(simulated, asked, strict=True)
            ]
            truth = pd.concat([each.truth.loc[stage.index] for each, stage in zip(simulated, said, strict=True)])
            print(pd.crosstab(truth.array, pd.concat(said).array, rownames=["truth"], colnames=["said"]))
    own = scores["noise 5 %"]
    return Measured(
        n,
        seconds,
        (
            Promise("accuracy of stages", own.accuracy, 0.85),
            Promise("macro-F1 of stages", own.macro_f1, 0.70),
            Promise(
                "accuracy above growth thresholds on the same products", own.accuracy - float(np.mean(common)), 0.2
            ),
        ),
    )


BENCHMARK = Benchmark("lifecycle", "stages of simulated products against growth thresholds", 1_500, run)
