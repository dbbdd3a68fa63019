"""Stages as tables, each with the sentence that says why."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashapp.domain.adoption import Known, Study
from dashapp.domain.lifecycle_rules import CODE, METHODS, NONE, PHASES, STAGES, LifecycleRules
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
    panel: Panel,
    study: Study,
    known: Known,
    rows: CodeArray,
    method: CodeArray,
    raw: CodeArray,
    settled: CodeArray,
    rules: LifecycleRules,
) -> pd.DataFrame:
    """The last cut-off, one row per product on sale by then; columns CURRENT."""
    n, k = panel.shape
    shares = np.full((n, len(PHASES)), np.nan)
    shares[rows] = known.chances(k, study.priors, rules.draws, rules.seed)
    stage, says = settled[:, -1], raw[:, -1]
    periods = np.maximum(k - np.floor(np.minimum(panel.launch, k)), 0).astype(int)
    frame = pd.DataFrame({
        "product_key": panel.product_key, "stage": _words(stage),
        "method": np.array(METHODS, dtype=object)[method], "periods": periods, "units": panel.units.sum(axis=1),
        "first_month": [panel.month(int(month)) for month in np.floor(panel.launch)],
    })  # fmt: skip
    frame[list(SHARES)] = shares
    curved = (stage < len(PHASES)) & (stage >= 0) & np.isfinite(shares[:, 0])
    frame["confidence"] = np.where(curved, shares[np.arange(n), np.where(curved, stage, 0)], np.nan)
    frame["pending"] = np.where(says != stage, _words(says), None)
    frame["reason"] = [_reason(row, rules) for row in frame.itertuples()]
    return frame.loc[stage != NONE, list(CURRENT)].reset_index(drop=True)


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


def _reason(row: object, rules: LifecycleRules) -> str:
    stage = Stage(row.stage)  # type: ignore[attr-defined]
    said = _STATES[stage].format(rules=rules, row=row) if stage in _STATES else _of_curve(row)
    pending = getattr(row, "pending", None)
    if isinstance(pending, str):
        said += (
            f" The last month alone says {Stage(pending).label.lower()}; it takes {rules.agreeing_periods} in a row."
        )
    return said


_STATES = {
    Stage.TOO_EARLY: "Fewer than {rules.least_periods} whole months with usable sales, or fewer than "
    "{rules.least_units:.0f} pieces: {row.periods} months, {row.units:,.0f} pieces.",
    Stage.NEW: "Launched less than {rules.new_periods} whole months ago.",
    Stage.SEASONAL: "In each of the last two years at least {rules.seasonal_share:.0%} was sold in the same "
    "{rules.seasonal_span} calendar months.",
    Stage.STEADY: "Sales have been flat for {rules.steady_periods} months and come mostly from buyers who bought before.",
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


def _of_curve(row: object) -> str:
    stage, method = Stage(row.stage), row.method  # type: ignore[attr-defined]
    if method == "trend":
        return f"No curve fits better than a constant; by trend and level, {_BY_TREND.get(stage, 'as before')}."
    share = row.confidence  # type: ignore[attr-defined]
    sure = f" {share:.0%} of resampled curves agree." if np.isfinite(share) else ""
    name = method.capitalize() if method in ("bass", "gompertz") else "The"
    return f"{name} curve: {_BY_CURVE[stage]}.{sure}"


assert set(_STATES) | set(_BY_CURVE) == set(CODE)
