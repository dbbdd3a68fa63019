"""Where each product stands in its life: introduction, growth, maturity or decline by the inflections of its curve of
adoption, and the states a curve does not know.

Definition: science.md 7 in words. First-time buyers per month (units where customers are unknown) follow a Bass or a
Gompertz curve; with its peak T* and the inflections T1, T2 of the rate, introduction < T1 < growth < T* < maturity < T2
< decline. Everything is judged as it was known at the end of whole months, oldest first, and a stage changes only after
`agreeing_periods` in a row say so; where no curve fits and a trend of the last months decides, `agreeing_trends`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashapp.domain import adoption, product_trend, seasons, silence
from dashapp.domain.adoption import Known, Study
from dashapp.domain.diffusion import Observed
from dashapp.domain.lifecycle_report import CURRENT, CURVES, HISTORY, current, curves, history
from dashapp.domain.lifecycle_rules import CODE, METHODS, NONE, LifecycleRules
from dashapp.domain.product_panel import Panel, build
from dashapp.domain.vocabulary import LifecycleStage as Stage

FloatArray = NDArray[np.float64]
CodeArray = NDArray[np.intp]
FORESEEN = 2
"Months by which a curve may foresee a stage and so agree with the next cut-off: inflections are not known closer."


@dataclass(frozen=True)
class Lifecycle:
    """What is known of every product that was sold in a month that is over."""

    current: pd.DataFrame
    """product_key, stage, method, periods, units, first_month, share_<phase> for the four phases [0-1, NaN without a
    curve], confidence [0-1, NaN without], pending (stage that one more month would confirm, or None), reason."""
    history: pd.DataFrame
    "product_key, month (first day of the last whole month known), stage; one row per product and cut-off."
    curves: pd.DataFrame
    "The last cut-off's curves month by month where one says more than a constant; columns of lifecycle_report.CURVES."


@dataclass(frozen=True)
class _Judged:
    """One cut-off: a code per product, how it was found, and the curves behind it."""

    code: CodeArray
    ahead: CodeArray
    "What it says of the months to come."
    method: CodeArray
    rows: CodeArray
    "Products with a curve."
    known: Known


def judge(
    months: pd.DataFrame,
    products: pd.DataFrame,
    sale_days: pd.DataFrame,
    observed_from: pd.Timestamp,
    observed_until: pd.Timestamp,
    rules: LifecycleRules | None = None,
    told: Callable[[float, pd.Timestamp], None] = lambda done, month: None,
) -> Lifecycle:
    """Stages of all products; the tables are those of `product_panel.build`. Deterministic.

    told: hears the share of the cut-offs that are judged, and the month of the last of them.
    """
    rules = rules or LifecycleRules()
    panel = build(months, products, sale_days, observed_from, observed_until, rules.launch_after_months)
    n, k = panel.shape
    if not n or not k:
        return nothing()
    study = _study(panel, rules)
    cutoffs = range(max(1, k - rules.history_periods + 1), k + 1)
    judged = _backwards(panel, study, cutoffs, rules, told)
    raw = np.column_stack([each.code for each in judged])
    trend = np.column_stack([each.method for each in judged]) == METHODS.index("trend")
    agreeing = np.where(trend, rules.agreeing_trends, rules.agreeing_periods)
    settled = settle(raw, np.column_stack([each.ahead for each in judged]), agreeing)
    last = judged[-1]
    shares = _shares(panel, study, last, rules)
    return Lifecycle(
        current(panel, shares, last.method, raw, settled, rules),
        history(panel, cutoffs, settled),
        curves(panel, last.known, last.rows, _counts_buyers(panel, rules)),
    )


def _shares(panel: Panel, study: Study, last: _Judged, rules: LifecycleRules) -> FloatArray:
    """(n, 4): probability of each phase, NaN where there is too little to resample."""
    k = panel.shape[1]
    shares = np.full((panel.shape[0], 4), np.nan)
    curved = last.known.beats_constant
    shares[last.rows[curved]] = last.known.rows(curved).chances(k, study.priors, rules.draws, rules.seed)
    plain = last.rows[~curved]
    if len(plain):
        shares[plain] = _trend(panel, study, plain, k, rules, rules.draws)
    return np.asarray(np.minimum(shares, 1.0))


def settle(raw: CodeArray, ahead: CodeArray, agreeing: int | CodeArray) -> CodeArray:
    """Stages with memory, (n, cut-offs), oldest first: one stays until `agreeing` cut-offs in a row say the same other.

    raw: what each cut-off says of its own month; ahead: what it says of the months to come; agreeing: one for all, or
    one per product and cut-off. The cut-off before agrees
    when it said or foresaw the stage, so a product that follows its curve changes in time and one odd month changes
    nothing. Nothing is waited for before the launch, while new, and while it was too early to say; nor by seasonal,
    which rests on two years.

    >>> odd = np.array([[2, 2, 3, 2, 3, 3]])
    >>> [int(code) for code in settle(odd, odd, 2)[0]]
    [2, 2, 2, 2, 2, 3]
    >>> [int(code) for code in settle(np.array([[2, 3]]), np.array([[3, 3]]), 2)[0]]
    [2, 3]
    """
    settled = raw.copy()
    needed = np.broadcast_to(agreeing, raw.shape)
    run = np.ones(len(raw), dtype=int)
    free = [NONE, CODE[Stage.TOO_EARLY], CODE[Stage.NEW]]
    for step in range(1, raw.shape[1]):
        before, now = settled[:, step - 1], raw[:, step]
        run = np.where((now == raw[:, step - 1]) | (now == ahead[:, step - 1]), run + 1, 1)
        at_once = np.isin(before, free) | (now == CODE[Stage.SEASONAL])
        settled[:, step] = np.where((run >= needed[:, step]) | at_once, now, before)
    return settled


def _study(panel: Panel, rules: LifecycleRules) -> Study:
    """Learned from products with enough to show; seasonal ones would lend their season to their whole category."""
    data = _observed(panel, rules)
    first, k = panel.first_month.month, panel.shape[1]
    seasonal = product_trend.is_seasonal(panel.units, rules.seasonal_share, rules.seasonal_span)
    index = seasons.category_index(
        np.where(seasonal[:, None], 0.0, panel.units), panel.category, first, rules.season_units
    )
    which = np.flatnonzero(_ready(panel, data, k, rules) & ~seasonal)
    learned = adoption.study(data.rows(which), panel.category[which], first, index, rules.seed)
    weights = data.weights.copy()
    weights[which] = learned.data.weights
    season = seasons.spread(learned.index, panel.category, first, k)
    return replace(learned, data=replace(data, season=season, weights=weights))


def _observed(panel: Panel, rules: LifecycleRules) -> Observed:
    """First-time buyers where customers are known, else units; from the launch, or past the settling months."""
    n, k = panel.shape
    known = _counts_buyers(panel, rules)
    counts = np.where(known[:, None], panel.new_buyers, panel.units)
    begin = np.where(panel.starts_inside | ~known, np.floor(panel.launch), rules.settling_periods)
    weights = (np.arange(k)[None, :] >= begin[:, None]).astype(float)
    return Observed(counts, weights, np.ones((n, k)), panel.launch, panel.starts_inside)


def _counts_buyers(panel: Panel, rules: LifecycleRules) -> NDArray[np.bool_]:
    """(n,): whether the curve is one of first-time buyers; else it is one of units."""
    return np.asarray(panel.new_buyers.sum(axis=1) >= 0.5 * rules.least_units)


def _ready(panel: Panel, data: Observed, cutoff: int, rules: LifecycleRules) -> NDArray[np.bool_]:
    periods = (data.weights[:, :cutoff] > 0).sum(axis=1)
    return np.asarray((periods >= rules.least_periods) & (panel.units[:, :cutoff].sum(axis=1) >= rules.least_units))


def _backwards(
    panel: Panel, study: Study, cutoffs: range, rules: LifecycleRules, told: Callable[[float, pd.Timestamp], None]
) -> list[_Judged]:
    """Every cut-off, each search starting from the curves of the month after; oldest first."""
    starts: list[FloatArray] | None = None
    found: list[_Judged] = []
    for cutoff in reversed(cutoffs):
        judged = _at(panel, study, cutoff, starts, rules)
        if starts is None:
            starts = [np.full((panel.shape[0], 3), np.nan) for _ in judged.known.curves]
        for start, fitted in zip(starts, judged.known.curves, strict=True):
            start[judged.rows] = fitted.theta
        found.append(judged)
        told(len(found) / len(cutoffs), panel.month(cutoff - 1))
    return found[::-1]


def _at(panel: Panel, study: Study, cutoff: int, starts: list[FloatArray] | None, rules: LifecycleRules) -> _Judged:
    """Stage codes as of the end of month `cutoff` - 1; later rules overrule earlier ones."""
    ready = _ready(panel, study.data, cutoff, rules)
    rows = np.flatnonzero(ready)
    seen = np.arange(panel.shape[1])[None, :] < cutoff
    data = replace(study.data, weights=study.data.weights * seen).rows(rows)
    begin = None if starts is None else tuple(start[rows] for start in starts)
    known = adoption.fitted(data, study.priors, begin)
    code = np.full(panel.shape[0], CODE[Stage.TOO_EARLY])
    method = np.full(panel.shape[0], METHODS.index("rule"))
    code[rows], method[rows] = known.phase(cutoff), np.where(known.choice == 0, 2, 3)
    plain = rows[~known.beats_constant]
    if len(plain):
        code[plain] = _trend(panel, study, plain, cutoff, rules, 1).argmax(axis=1)
        method[plain] = METHODS.index("trend")
    ahead = code.copy()
    ahead[rows] = np.where(known.beats_constant, known.phase(cutoff + FORESEEN), code[rows])
    for stage, holds in _states(panel, study, cutoff, ready, rules):
        code[holds], ahead[holds], method[holds] = CODE[stage], CODE[stage], METHODS.index("rule")
    code[panel.launch >= cutoff] = NONE
    return _Judged(code, ahead, method, rows, known)


def _trend(panel: Panel, study: Study, rows: CodeArray, cutoff: int, rules: LifecycleRules, draws: int) -> FloatArray:
    """(n, 4): growth, maturity or decline by trend and level; with draws > 1 the share of resampled trends in each."""
    units = panel.units[rows, :cutoff] / study.data.season[rows, :cutoff]
    logs = np.log1p(units)
    level = product_trend.level(units)
    back = product_trend.slopes(logs[:, -2 * rules.trend_periods :], 0.0)[1] <= 0
    recent = logs[:, -rules.trend_periods :]
    rng = np.random.default_rng(rules.seed)
    count = np.zeros((len(rows), 4))
    for draw in range(draws):
        low, _, high = product_trend.slopes(recent if not draw else product_trend.resampled(recent, rng), 1.645)
        falls = (high < -rules.trend_growth) | ((level < rules.trend_level) & back)
        phase = np.where(low > rules.trend_growth, 1, np.where(falls, 3, 2))
        count[np.arange(len(rows)), phase] += 1.0 / draws
    return count


def _states(
    panel: Panel, study: Study, cutoff: int, ready: NDArray[np.bool_], rules: LifecycleRules
) -> list[tuple[Stage, NDArray[np.bool_]]]:
    """What overrules the curve, weakest first."""
    quiet = silence.at(panel, cutoff, rules.gaps_least, rules.dormant_floor_days, rules.dormant_fallback_days)
    year = rules.discontinued_days / silence.DAYS_PER_MONTH
    dormant = quiet.length > quiet.allowed
    sold_enough = panel.units[:, :cutoff].sum(axis=1) >= rules.least_units
    young = panel.starts_inside & (cutoff - np.floor(panel.launch) < rules.new_periods)
    return [
        (Stage.STEADY, ready & _steady(panel, study, cutoff, rules)),
        (Stage.NEW, young),
        (Stage.REVIVED, (quiet.back_for <= rules.revived_periods) & sold_enough),
        (Stage.DORMANT, dormant),
        (Stage.SEASONAL, ready & product_trend.is_seasonal(panel.units[:, :cutoff], rules.seasonal_share,
                                                           rules.seasonal_span)),
        (Stage.DISCONTINUED, dormant & (quiet.length > year)),
    ]  # fmt: skip


def _steady(panel: Panel, study: Study, cutoff: int, rules: LifecycleRules) -> NDArray[np.bool_]:
    span = slice(cutoff - rules.steady_periods, cutoff)
    if cutoff < rules.steady_periods:
        return np.zeros(panel.shape[0], dtype=bool)
    units = panel.units[:, span] / study.data.season[:, span]
    buyers, new = panel.buyers[:, span].sum(axis=1), panel.new_buyers[:, span].sum(axis=1)
    repeats = np.where(buyers > 0, new <= rules.steady_new_share * buyers, ~panel.starts_inside)
    older = panel.launch <= cutoff - rules.steady_periods
    return np.asarray(repeats & older & product_trend.is_flat(units, rules.steady_band, 1.0))


def nothing() -> Lifecycle:
    """Of a shop that sold no product yet."""
    return Lifecycle(*(pd.DataFrame(columns=list(columns)) for columns in (CURRENT, HISTORY, CURVES)))
