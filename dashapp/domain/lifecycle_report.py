"""Stages as tables, each with the sentence that says why."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashapp.domain.lifecycle_rules import METHODS, NONE, PHASES, STAGES, LifecycleRules
from dashapp.domain.product_panel import Panel
from dashapp.domain.vocabulary import LifecycleStage as Stage

FloatArray = NDArray[np.float64]
CodeArray = NDArray[np.intp]
SHARES = tuple(f"share_{phase}" for phase in PHASES)
CURRENT = (
    "product_key", "stage", "method", "periods", "units", "first_month", *SHARES, "confidence", "pending", "reason",
)  # fmt: skip
HISTORY = ("product_key", "month", "stage")


def current(
    panel: Panel, shares: FloatArray, method: CodeArray, raw: CodeArray, settled: CodeArray, rules: LifecycleRules
) -> pd.DataFrame:
    """The last cut-off, one row per product on sale by then; columns CURRENT.

    shares: (n, 4) probability of each phase, NaN without one.
    """
    n, k = panel.shape
    stage, says = settled[:, -1], raw[:, -1]
    held = says != stage
    periods = np.maximum(k - np.floor(np.minimum(panel.launch, k)), 0).astype(int)
    frame = pd.DataFrame({
        "product_key": panel.product_key, "stage": _words(stage),
        "method": np.where(held, "held", np.array(METHODS, dtype=object)[method]), "periods": periods,
        "units": panel.units.sum(axis=1), "first_month": [panel.month(int(month)) for month in np.floor(panel.launch)],
    })  # fmt: skip
    frame[list(SHARES)] = shares
    curved = (stage < len(PHASES)) & (stage >= 0)
    frame["confidence"] = np.where(curved, shares[np.arange(n), np.where(curved, stage, 0)], np.nan)
    frame["pending"] = pd.Series(_words(says)).where(held, None)
    frame["reason"] = [_reason(row, rules) for row in frame.itertuples()]
    listed: pd.DataFrame = frame.loc[stage != NONE, list(CURRENT)].reset_index(drop=True)
    return listed


def history(panel: Panel, cutoffs: range, settled: CodeArray) -> pd.DataFrame:
    """Every cut-off; columns HISTORY."""
    row, step = np.nonzero(settled != NONE)
    months = np.array([panel.month(cutoff - 1) for cutoff in cutoffs], dtype="datetime64[ns]")
    return pd.DataFrame({
        "product_key": panel.product_key[row], "month": months[step], "stage": _words(settled[row, step]),
    })  # fmt: skip


def _words(codes: CodeArray) -> NDArray[np.object_]:
    """Stage names; index -1 (not on sale) is never read."""
    return np.array([str(stage) for stage in STAGES], dtype=object)[codes]


def _reason(row: Any, rules: LifecycleRules) -> str:
    stage = Stage(row.stage)
    if row.method == "held":
        label = Stage(row.pending).label.lower()
        needed = f"{rules.agreeing_periods} in a row, {rules.agreeing_trends} by trend"
        return f"As before: the last month says {label}, and it takes {needed}."
    if stage in _STATES:
        return _STATES[stage].format(rules=rules, row=row)
    if row.method == "trend":
        return f"No curve fits better than a constant: {_BY_TREND[stage]}.{_agreement(row.confidence, 'trends')}"
    return f"{row.method.capitalize()} curve: {_BY_CURVE[stage]}.{_agreement(row.confidence, 'curves')}"


def _agreement(share: float, what: str) -> str:
    return f" {share:.0%} of resampled {what} agree." if np.isfinite(share) else ""


_STATES = {
    Stage.TOO_EARLY: "Fewer than {rules.least_periods} whole months with usable sales, or fewer than "
    "{rules.least_units:.0f} pieces: {row.periods} months, {row.units:,.0f} pieces.",
    Stage.NEW: "Launched less than {rules.new_periods} whole months ago.",
    Stage.SEASONAL: "In each of the last two years at least {rules.seasonal_share:.0%} was sold in the same "
    "{rules.seasonal_span} calendar months.",
    Stage.STEADY: "Sales have been flat for {rules.steady_periods} months and come mostly from "
    "buyers who bought before.",
    Stage.DORMANT: "Silent for longer than its own gaps between days of sale explain.",
    Stage.REVIVED: "Sold again in the last {rules.revived_periods} months after an exceptional silence.",
    Stage.DISCONTINUED: "No sale for more than {rules.discontinued_days:.0f} days.",
}
_BY_CURVE = {
    Stage.INTRODUCTION: "new buyers are still few and the curve has not reached its first inflection",
    Stage.GROWTH: "new buyers increase towards the peak of the curve",
    Stage.MATURITY: "the peak has passed and the decrease is still gathering pace",
    Stage.DECLINE: "the curve is past its second inflection",
}
_BY_TREND = {
    Stage.GROWTH: "the last months rise",
    Stage.MATURITY: "the last months neither rise nor fall clearly",
    Stage.DECLINE: "the last months fall or lie far below the best ones",
}
