"""Products whose stage of life is known: adoption stepped day by day, with season, noise, repeats and empty shelves.

Shares no code with what is measured: curves come from their differential equations and inflections from differences of
the daily rate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

DAYS_PER_MONTH = 365.25 / 12
LAST_DAY = pd.Timestamp("2024-12-31")
LONGEST_DAYS = 4000
BEFORE_DAYS = 180
"Buyers of the half year before the first observed day come back and look new to the shop."


@dataclass(frozen=True)
class World:
    """How hard it is to see the stage."""

    months: int = 36
    size: float = 4000.0
    "Median number of customers who ever buy a product."
    noise: float = 0.05
    "Standard deviation of the logarithm of what a month brings beyond curve and season."
    season: float = 0.3
    out_of_stock: float = 0.2
    "Share of products with a stock-out of 15 to 60 days."
    repeats: float = 0.15
    "Repeat purchases per buyer and month, for half a year."
    shapes: tuple[str, ...] = ("bass", "gompertz")
    short: float = 0.1
    "Share of products evaluated in their first six months."


@dataclass(frozen=True)
class Lives:
    """What a shop would know of the products, and what it would not: `truth`, by product_key."""

    months: pd.DataFrame
    products: pd.DataFrame
    sale_days: pd.DataFrame
    truth: pd.Series
    observed_from: pd.Timestamp
    observed_until: pd.Timestamp


def lives(n: int, world: World, seed: int) -> Lives:
    """`n` products at random ages, observed for `world.months` up to the last day."""
    rng = np.random.default_rng(seed)
    first_day = (LAST_DAY + pd.Timedelta(days=1) - pd.DateOffset(months=world.months)).normalize()
    days = pd.date_range(first_day, LAST_DAY, freq="D")
    category = rng.integers(0, 4, n)
    span = len(days) + BEFORE_DAYS
    rates, truth = np.zeros((n, span)), []
    for product in range(n):
        daily = _rate(rng, world)
        age, stage = _moment(rng, daily, world)
        truth.append(stage)
        seen = daily[max(0, age - span) : age]
        rates[product, span - len(seen) :] = seen
    return _observed(rng, world, rates, category, days, pd.Series(truth, index=np.arange(1, n + 1)))


def _rate(rng: np.random.Generator, world: World) -> np.ndarray:
    """First-time buyers per day from the launch on; four years of ten fit in."""
    size = np.exp(rng.normal(np.log(world.size), 0.8))
    shape = world.shapes[rng.integers(len(world.shapes))]
    t = (np.arange(LONGEST_DAYS) + 0.5) / DAYS_PER_MONTH
    if shape == "gamma":  # neither family: skewed, starts from nothing
        k, theta = rng.uniform(2.0, 4.0), rng.uniform(2.0, 5.0)
        density = t ** (k - 1) * np.exp(-t / theta)
        return size * density / density.sum()
    if shape == "bass":
        p, q = np.exp(rng.uniform(np.log(0.001), np.log(0.03))), rng.uniform(0.12, 0.6)
        return _stepped(lambda total: (p + q * total / size) * (size - total), 0.0)
    c, b = rng.uniform(0.08, 0.35), rng.uniform(3.0, 9.0)
    return _stepped(lambda total: c * total * np.log(size / total), size * np.exp(-b))


def _stepped(rate, total: float) -> np.ndarray:
    daily = np.empty(LONGEST_DAYS)
    for day in range(LONGEST_DAYS):
        daily[day] = max(0.0, rate(total)) / DAYS_PER_MONTH
        total += daily[day]
    return daily


def _moment(rng: np.random.Generator, daily: np.ndarray, world: World) -> tuple[int, str]:
    """A random age in days, up to when 5 % of the peak rate is left, and the stage there by the inflections."""
    peak = int(daily.argmax())
    slope = np.gradient(daily)
    rise = int(slope[: peak + 1].argmax()) if peak else 0
    fall = peak + int(slope[peak:].argmin())
    faded = np.flatnonzero(daily[peak:] < 0.05 * daily[peak])
    end = peak + (int(faded[0]) if len(faded) else len(daily) - peak)
    latest = 6 * DAYS_PER_MONTH if rng.random() < world.short else end
    age = int(rng.uniform(2 * DAYS_PER_MONTH, max(latest, 3 * DAYS_PER_MONTH)))
    bounds = [(rise, "introduction"), (peak, "growth"), (fall, "maturity")]
    return age, next((stage for until, stage in bounds if age < until), "decline")


def _observed(
    rng: np.random.Generator, world: World, rates: np.ndarray, category: np.ndarray, days: pd.DatetimeIndex,
    truth: pd.Series,
) -> Lives:  # fmt: skip
    every = pd.date_range(days[0] - pd.Timedelta(days=BEFORE_DAYS), days[-1], freq="D")
    number = (every.year - every.year[0]) * 12 + every.month - every.month[0]
    seasonal = _season(rng, world, every)[category]
    shocks = np.exp(rng.normal(0.0, world.noise, (len(rates), number.max() + 1)))[:, number]
    full = _stock(rng, world, rates)
    new = rng.poisson(rates * seasonal * shocks * full)
    pace = world.repeats / DAYS_PER_MONTH * seasonal * full
    own, older = new.copy(), new.copy()
    own[:, :BEFORE_DAYS], older[:, BEFORE_DAYS:] = 0, 0
    again, before = rng.poisson(_recent(own) * pace), rng.poisson(_recent(older) * pace)
    since = np.maximum(np.arange(len(every)) - BEFORE_DAYS, 0) / DAYS_PER_MONTH
    looks_new = rng.binomial(before, np.exp(-world.repeats * since)[None, :])
    inside = slice(BEFORE_DAYS, None)
    return frames((new + looks_new)[:, inside], (again + before - looks_new)[:, inside], category, days, truth)


def frames(new: np.ndarray, again: np.ndarray, category: np.ndarray, days: pd.DatetimeIndex, truth: pd.Series) -> Lives:
    """The shop's tables of daily first and repeat purchases, (products, days); one piece each."""
    product, day = np.nonzero(new + again)
    rows = pd.DataFrame({
        "product_key": product + 1, "day": days[day], "new_buyers": new[product, day],
        "units": (new + again)[product, day].astype(float), "buyers": (new + again)[product, day],
    })  # fmt: skip
    month = rows["day"].dt.to_period("M").dt.to_timestamp()
    by_month = rows.drop(columns="day").assign(month=month).groupby(["product_key", "month"], as_index=False).sum()
    keys = np.arange(1, len(new) + 1)
    first = rows.groupby("product_key")["day"].min().reindex(keys)
    products = pd.DataFrame(
        {"product_key": keys, "category": [f"c{c}" for c in category], "first_sold_on": first.array}
    )
    return Lives(by_month, products, rows[["product_key", "day"]], truth, days[0], days[-1])


def _season(rng: np.random.Generator, world: World, days: pd.DatetimeIndex) -> np.ndarray:
    """(categories, days): a wave of the category's own phase and a Christmas for two of four."""
    phase = rng.uniform(0, 2 * np.pi, 4)[:, None]
    year = np.asarray(days.day_of_year) / 365.25
    christmas = np.array([0.0, 1.0, 0.0, 1.0])[:, None] * (np.asarray(days.month) >= 11)
    return np.exp(world.season * np.cos(2 * np.pi * year - phase) + world.season * christmas)


def _stock(rng: np.random.Generator, world: World, rates: np.ndarray) -> np.ndarray:
    """1 where the shelf is full; the stock-outs lie anywhere in the last two years."""
    full = np.ones_like(rates)
    for product in np.flatnonzero(rng.random(len(rates)) < world.out_of_stock):
        length = int(rng.integers(15, 61))
        start = int(rng.integers(max(0, rates.shape[1] - 730), rates.shape[1] - length))
        full[product, start : start + length] = 0.0
    return full


def _recent(counts: np.ndarray) -> np.ndarray:
    """Buyers of the half year before each day."""
    total = np.cumsum(counts, axis=1)
    before = np.zeros_like(total)
    before[:, BEFORE_DAYS:] = total[:, :-BEFORE_DAYS]
    return total - before - counts
