"""How long a cohort of subscribers stays: sBG and BdW, how likely, with exact derivatives, and what follows.

A subscriber survives t renewals with probability (1 - theta)^(t^c), theta ~ Beta(gamma, delta):
    S(t) = B(gamma, delta + t^c) / B(gamma, delta)        ln L = sum of losses ln(S(t-1) - S(t)) + left ln S(last)
c = 1 is the shifted beta-geometric (Fader & Hardie 2007), c free the beta-discrete-Weibull (Fader, Hardie, Liu, Davin
& Steenburgh 2018): c > 1 means that a subscriber's own risk to leave grows with time, c < 1 that it falls.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaln, digamma, polygamma

from dashapp.domain.estimation import describe, settle
from dashapp.domain.model_kinds import RetentionFit
from dashapp.domain.numerics import minimise
from dashapp.errors import InputError, NotEnoughData

FloatArray = NDArray[np.float64]
NAMES = ("gamma", "delta", "c")
PRIOR_VARIANCE = 9.0
MIN_CUSTOMERS = 20
LARGEST_LOG = 300.0
SMALLEST_DISCOUNT = 1e-4
REACH = 40.0
"Discounting by e^-40 leaves nothing of a renewal."


class SurvivalFit(RetentionFit):
    """A fitted sBG (no parameter c) or BdW; times are renewals."""

    def survival(self, periods: ArrayLike) -> FloatArray:
        times = np.asarray(periods, dtype=float)
        if np.any(~(times >= 0)):
            raise InputError("Periods must be zero or more.", "Period 0 is the whole cohort.")
        gamma, delta = self.parameters["gamma"], self.parameters["delta"]
        return np.asarray(np.exp(_log_survival(times, gamma, delta, self.parameters.get("c", 1.0))))

    def residual_lifetime(self, renewals: ArrayLike, discount: float) -> FloatArray:
        """DERL: sum over i >= 0 of S(n + 1 + i) / S(n) (1 + discount)^-i, n renewals made, shape (subscribers,).

        Fader & Hardie (2010), eq. 6, whose 2F1 is this sum for sBG. Raises InputError for a discount below 1e-4 a
        period.
        """
        if not discount >= SMALLEST_DISCOUNT:
            raise InputError(f"The discount must be {SMALLEST_DISCOUNT:g} a period or more.", "Use 0.1 a year.")
        made, inverse = np.unique(np.atleast_1d(np.asarray(renewals, dtype=float)), return_inverse=True)
        ahead = np.arange(int(REACH / np.log1p(discount)) + 1.0)
        worth = np.exp(-np.log1p(discount) * ahead)
        values = [self.survival(n + 1.0 + ahead) @ worth / self.survival(n) for n in made]
        return np.asarray(values)[inverse]


class Likelihood:
    """Mean negative log-likelihood in theta = ln(gamma, delta[, c]), with gradient and Hessian."""

    constant = 0.0

    def __init__(self, survivors: FloatArray, size: int, prior_weight: float = 0.0) -> None:
        self.size, self.n, self.prior_weight = size, float(survivors[0]), prior_weight
        self.periods = np.arange(len(survivors), dtype=float)
        self.losses, self.left = -np.diff(survivors), float(survivors[-1])

    def __call__(self, theta: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        natural = np.append(np.exp(theta), 1.0)[:3]
        with np.errstate(all="ignore"):  # a trial step too far has likelihood 0; the search turns back from it
            value, gradient, hessian = self._natural(*natural)
        natural, precision = natural[: self.size], self.prior_weight / PRIOR_VARIANCE
        gradient, hessian = gradient[: self.size] * natural, hessian[: self.size, : self.size]
        hessian = hessian * np.outer(natural, natural) + np.diag(gradient)
        return (
            (precision * float(theta @ theta) / 2.0 - value) / self.n,
            (precision * theta - gradient) / self.n,
            (precision * np.eye(self.size) - hessian) / self.n,
        )

    def _natural(self, gamma: float, delta: float, c: float) -> tuple[float, FloatArray, FloatArray]:
        log = _log_survival(self.periods, gamma, delta, c)
        slope, curve = _slopes(self.periods, gamma, delta, c)
        lost = self.losses > 0
        weight, ratio = self.losses[lost], np.exp(np.diff(log))[lost]
        share = -np.expm1(np.diff(log))[lost]
        before, after = slope[:, :-1][:, lost], slope[:, 1:][:, lost]
        by = (before - ratio * after) / share
        bend = curve[:, :, :-1][:, :, lost] + _square(before) - ratio * (curve[:, :, 1:][:, :, lost] + _square(after))
        value = weight @ (log[:-1][lost] + np.log(share)) + self.left * log[-1]
        gradient = by @ weight + self.left * slope[:, -1]
        return float(value), gradient, (bend / share - _square(by)) @ weight + self.left * curve[:, :, -1]


def _square(slope: FloatArray) -> FloatArray:
    return slope[:, None] * slope[None, :]


def _log_survival(times: FloatArray, gamma: float, delta: float, c: float) -> FloatArray:
    return np.asarray(betaln(gamma, delta + _clock(times, c)) - betaln(gamma, delta))


def _clock(times: FloatArray, c: float) -> FloatArray:
    """t^c; 0 at 0."""
    return np.where(times > 0, np.exp(np.minimum(c * np.log(np.maximum(times, 1e-300)), LARGEST_LOG)), 0.0)


def _slopes(times: FloatArray, gamma: float, delta: float, c: float) -> tuple[FloatArray, FloatArray]:
    """Gradient (3, n) and Hessian (3, 3, n) of ln S in gamma, delta and c."""
    clock, log = _clock(times, c), np.log(np.maximum(times, 1.0))
    pace, both = clock * log, gamma + delta + clock
    by_clock, bend = digamma(delta + clock) - digamma(both), polygamma(1, delta + clock) - polygamma(1, both)
    by_gamma, bend_gamma = digamma(gamma + delta) - digamma(both), polygamma(1, gamma + delta) - polygamma(1, both)
    by_delta = by_gamma + digamma(delta + clock) - digamma(delta)
    bend_delta = bend_gamma + polygamma(1, delta + clock) - polygamma(1, delta)
    mixed = -polygamma(1, both) * pace
    return np.stack([by_gamma, by_delta, by_clock * pace]), np.array([
        [bend_gamma, bend_gamma, mixed],
        [bend_gamma, bend_delta, bend * pace],
        [mixed, bend * pace, (bend * pace + by_clock * log) * pace],
    ])  # fmt: skip


FitType = TypeVar("FitType", bound=SurvivalFit)


def estimate(kind: type[FitType], name: str, survivors: ArrayLike | pd.DataFrame, size: int) -> FitType:
    """Maximum likelihood with `size` = 2 (sBG) or 3 (BdW) parameters. Raises InputError and NotEnoughData."""
    counts = _counts(survivors)
    if counts[0] < MIN_CUSTOMERS or len(counts) <= size:
        raise NotEnoughData(
            f"This retention model needs {MIN_CUSTOMERS} subscribers over {size} renewals or more; "
            f"there are {counts[0]:g} over {len(counts) - 1}.",
            "Join cohorts or wait for further renewals.",
        )
    likelihood = Likelihood(counts, size)
    starts = (np.zeros(3)[:size], np.log([0.5, 2.0, 1.2])[:size])
    optimum, status = settle(
        minimise(likelihood, starts), likelihood, lambda: Likelihood(counts, size, prior_weight=1.0), starts
    )
    fitted = describe(
        kind, name, NAMES[:size], likelihood, optimum, status, scale=np.ones(size), offset=np.zeros(size), facts={}
    )
    return replace(fitted, time_unit="renewal")


def _counts(survivors: ArrayLike | pd.DataFrame) -> FloatArray:
    """Subscribers left after 0, 1, 2, ... renewals, from an array or from columns period, customers."""
    if isinstance(survivors, pd.DataFrame):
        survivors = _column(survivors)
    counts = np.atleast_1d(np.asarray(survivors, dtype=float))
    possible = counts.ndim == 1 and np.isfinite(counts).all() and np.all(counts >= 0) and np.all(np.diff(counts) <= 0)
    if not possible:
        raise InputError("Survivors must be numbers that never grow.", "Give how many of one cohort are left.")
    return counts


def _column(frame: pd.DataFrame) -> NDArray[np.float64]:
    missing = {"period", "customers"} - set(frame.columns)
    if missing:
        raise InputError(f"The cohort lacks {', '.join(sorted(missing))}.", "One row per period, from 0.")
    ordered = frame.sort_values("period")
    if not np.array_equal(ordered["period"], np.arange(len(ordered))):
        raise InputError("Periods must be 0, 1, 2, ... without a gap.", "One row per period, from 0.")
    return ordered["customers"].to_numpy(dtype=float)
