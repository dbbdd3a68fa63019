"""Curves of adoption drawn anew: how certain each is, and what all products of a shop say about how lives run."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from dashapp.domain.diffusion import ANSCOMBE, Curves, Family, Observed, Prior, fit

FloatArray = NDArray[np.float64]
PRIOR_PRODUCTS = 20.0
"Weight of the published averages against the products of the shop."
LEAST_SIZE_SPREAD = 0.5
"Of ln A: however alike the products of a shop, the next may sell half or double."


def resampled(curves: Curves, data: Observed, prior: Prior, rng: np.random.Generator) -> Curves:
    """One draw of the curves: fitted to counts drawn from them and to a prior drawn around its centre.

    Drawing both makes the draws follow the posterior where the curve is about linear in its parameters
    (randomise-then-optimise: Bardsley, Solonen, Haario & Laine 2014).
    """
    n, k = data.counts.shape
    root = np.sqrt(curves.expected(data) + ANSCOMBE) + np.sqrt(curves.variance)[:, None] * rng.standard_normal((n, k))
    counts = np.maximum(np.maximum(root, 0.0) ** 2 - ANSCOMBE, 0.0)
    drawn = replace(prior, shift=rng.standard_normal((n, 4)))
    return fit(curves.family, replace(data, counts=counts), drawn, curves.theta, curves.variance)


def learned(
    family: Family, data: Observed, prior: Prior, rng: np.random.Generator, theta: FloatArray | None = None,
    rounds: int = 3, draws: int = 2,
) -> Prior:  # fmt: skip
    """How products of this shop live, from all of them: the family's own prior counts as PRIOR_PRODUCTS more.

    Stochastic EM from `prior`: mean and spread of posterior draws, product by product, under the prior so far.
    theta: where the search for the curves starts, if something is known of them.
    """
    for _ in range(rounds):
        curves = fit(family, data, prior, theta)
        theta = curves.theta
        drawn = [resampled(curves, data, prior, rng).theta for _ in range(draws)]
        pace = np.concatenate([theta[:, 2] for theta in drawn])
        ahead = np.concatenate([np.exp(theta[:, 2]) * (theta[:, 1] - data.launch) for theta in drawn])
        seen = np.tile(data.launch_seen, draws)
        own = family.prior
        pace_mean, pace_spread = _pooled(pace, own.pace, own.pace_spread, draws)
        origin_mean, origin_spread = _pooled(ahead[seen], own.origin, own.origin_spread, draws)
        sizes = _sizes(np.concatenate([theta[:, 0] for theta in drawn]), draws)
        prior = Prior(pace_mean, pace_spread, origin_mean, origin_spread, *sizes)
    return prior


def _sizes(values: FloatArray, draws: int) -> tuple[float, float]:
    """Median and half the width of the middle 68 %: the young products whose size is anyone's guess move neither.

    Nothing is believed where there are too few products to learn it from: no published average says how many buy.
    """
    if len(values) < draws * PRIOR_PRODUCTS:
        return 0.0, math.inf
    low, middle, high = np.quantile(values, [0.16, 0.5, 0.84])
    return float(middle), max(float(high - low) / 2, LEAST_SIZE_SPREAD)


def _pooled(values: FloatArray, mean: float, spread: float, draws: int) -> tuple[float, float]:
    """Mean and standard deviation of `values` together with PRIOR_PRODUCTS of the given mean and spread."""
    n, extra = len(values) / draws, PRIOR_PRODUCTS
    values = np.clip(values, mean - 6 * spread, mean + 6 * spread)
    pooled = (float(np.sum(values)) / draws + extra * mean) / (n + extra)
    square = (float(np.sum((values - pooled) ** 2)) / draws + extra * (spread**2 + (mean - pooled) ** 2)) / (n + extra)
    return pooled, math.sqrt(square)
