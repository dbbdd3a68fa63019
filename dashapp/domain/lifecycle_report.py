"""Stages as tables, each with the sentence that says why."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashapp.domain.adoption import Known
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
CURVES = (
    "product_key", "month", "family", "counted", "expected", "season", "is_used", "growth_from", "peak_on",
    "decline_from",
)  # fmt: skip
NOT_JUDGED = "Sold in no month that is over yet."
"Of products that are in no panel: it is too early to say."
FORESEEABLE = 120
"Months before the first and after the last one beyond which an inflection is no date worth telling."


def current(
    panel: Panel, shares: FloatArray, method: CodeArray, raw: CodeArray, settled: CodeArray, rules: LifecycleRules
) -> pd.DataFrame:
    """The last cut-off, one row per product; columns CURRENT.

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
    # What is held is not what the last month says: the few resamples that still give it are no chance of it.
    curved = (stage < len(PHASES)) & (stage >= 0) & ~held
    frame["confidence"] = np.where(curved, shares[np.arange(n), np.where(curved, stage, 0)], np.nan)
    frame["pending"] = pd.Series(_words(says)).where(held, None)
    frame["reason"] = [_reason(row, rules) for row in frame.itertuples()]
    return frame[list(CURRENT)]


def history(panel: Panel, cutoffs: range, settled: CodeArray) -> pd.DataFrame:
    """Every cut-off; columns HISTORY."""
    row, step = np.nonzero(settled != NONE)
    months = np.array([panel.month(cutoff - 1) for cutoff in cutoffs], dtype="datetime64[ns]")
    return pd.DataFrame({
        "product_key": panel.product_key[row], "month": months[step], "stage": _words(settled[row, step]),
    })  # fmt: skip


def curves(panel: Panel, known: Known, rows: CodeArray, counts_buyers: NDArray[np.bool_]) -> pd.DataFrame:
    """One row per product and whole month on sale, where the chosen curve says more than a constant; columns CURVES.

    expected: what the curve expects of `counted` (new_buyers or units) in the month, season included; season: what the
    month brings against an average one; is_used: False where a month had no say (settling, out of stock). The dates are
    the inflections before and after the peak and the peak; null where they lie beyond what anybody can foresee.
    """
    which = np.flatnonzero(known.beats_constant)
    row, month = np.nonzero(np.arange(panel.shape[1])[None, :] >= np.floor(known.data.launch[which])[:, None])
    chosen = which[row]
    first, peak, second = (edge[chosen] for edge in known.inflections)
    of = rows[chosen]
    names = np.array([curve.family.name for curve in known.curves], dtype=object)
    months = np.array([panel.month(number) for number in range(panel.shape[1])], dtype="datetime64[ns]")
    return pd.DataFrame({
        "product_key": panel.product_key[of], "month": months[month], "family": names[known.choice[chosen]],
        "counted": np.where(counts_buyers[of], "new_buyers", "units"), "expected": known.expected[chosen, month],
        "season": known.data.season[chosen, month], "is_used": known.data.weights[chosen, month] > 0,
        "growth_from": _dates(panel, first), "peak_on": _dates(panel, peak), "decline_from": _dates(panel, second),
    })  # fmt: skip


def _dates(panel: Panel, when: FloatArray) -> pd.Series[Any]:
    """Days of months and fractions since the first month, a month counted as a twelfth of a year."""
    foreseen = (when > -FORESEEABLE) & (when < panel.shape[1] + FORESEEABLE)
    days = pd.to_timedelta(np.where(foreseen, when, 0.0) * 365.25 / 12.0, unit="D")
    dates = pd.Series((panel.month(0) + days).normalize())
    return dates.where(pd.Series(foreseen))


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
