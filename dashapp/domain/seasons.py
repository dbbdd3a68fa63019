"""What a calendar month brings against an average one, per category: the season that a product's stage is freed of."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
YEAR = 12
LEAST_MONTHS = 2 * YEAR
"With less than two years season and trend cannot be told apart, and the index is 1."
LEAST_PRODUCTS = 10
"With fewer products on sale their lives would pass for a season: a category then takes the shop's, a shop 1."


def category_index(
    counts: FloatArray, category: NDArray[np.int64], first_calendar_month: int, least_units: float
) -> FloatArray:
    """(categories, 12) of January to December with mean 1: ratio to the centred twelve-month mean.

    counts: (n, k) per product and month; first_calendar_month: 1-12, of column 0. A category below
    `least_units` a month takes the shop's.
    """
    categories = int(category.max(initial=-1)) + 1
    sold = counts.sum(axis=1) > 0
    if counts.shape[1] < LEAST_MONTHS or sold.sum() < LEAST_PRODUCTS:
        return np.ones((categories, YEAR))
    totals = np.zeros((categories, counts.shape[1]))
    np.add.at(totals, category, counts)
    shop = _index(totals.sum(axis=0), first_calendar_month)
    own = np.array([_index(total, first_calendar_month) for total in totals])
    several = np.bincount(category[sold], minlength=categories) >= LEAST_PRODUCTS
    enough = several & (totals.mean(axis=1) >= least_units)
    return np.where(enough[:, None], own, shop[None, :])


def _index(total: FloatArray, first_calendar_month: int) -> FloatArray:
    """Geometric mean over the years of count / centred mean, scaled to a mean of 1."""
    window = np.r_[0.5, np.ones(YEAR - 1), 0.5] / YEAR
    trend = np.convolve(total, window, mode="valid")
    half = YEAR // 2
    ratio = np.log((total[half:-half] + 1.0) / (trend + 1.0))
    month = (first_calendar_month - 1 + half + np.arange(len(ratio))) % YEAR
    index = np.exp(np.bincount(month, ratio, YEAR) / np.bincount(month, minlength=YEAR))
    return np.asarray(index * YEAR / index.sum())


def spread(index: FloatArray, category: NDArray[np.int64], first_calendar_month: int, months: int) -> FloatArray:
    """(n, k): the index of each product's category in each month."""
    month = (first_calendar_month - 1 + np.arange(months)) % YEAR
    return np.asarray(index[category][:, month])
