"""From the residual value of the base at one refresh to that at the next: what was served, revised, won and lost.

The value of a customer is residual over the horizon H, discounted to the last observed day, times the margin
(`scoring.score`). Let V0(h) be what the earlier fit expects of the earlier history within h days, D the days between,
and V1 what the present fit expects of the present history. For a customer in both,

    served     = -V0(D)                                 predicted for days that have passed since
    moved on   = (V0(D + H) - V0(D)) (1 + rate)^(D / year) - (V0(H) - V0(D))
                                                        new days come into sight, and later payments nearer
    revised    = V1 - (V0(D + H) - V0(D)) (1 + rate)^(D / year)       behaviour and fit, at the earlier assumptions
    horizon, discount, margin                           the present assumptions put in one after the other

and these add up to V1 - V0(H). Customers in only one of the two are new or lost with all their value.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashapp.domain.cents import in_cents
from dashapp.domain.patterns import Patterns
from dashapp.domain.periods import DAYS_PER_YEAR, discount_per_period, to_periods
from dashapp.domain.scoring import Assumptions, Fits

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Base:
    """The customers of one snapshot as they were valued."""

    customers: pd.DataFrame
    "customer_id, clv [money], frequency, recency_days, T_days, monetary_value; one row per customer, none without clv."
    fits: Fits
    assumptions: Assumptions


@dataclass(frozen=True)
class Step:
    """One bar of the bridge."""

    part: str
    "opening, lost, served, moved_on, revised, horizon, discount, margin, new or closing."
    customers: int
    amount: Decimal


def bridge(before: Base, now: Base, days: int) -> list[Step]:
    """Every step from the one value to the other, to the cent; assumptions only where they changed.

    days: between the two last observed days, 0 or more. Raises ValueError where `days` is negative.
    """
    if days < 0:
        raise ValueError("The earlier base lies after the later one.")
    then, current = (base.customers.set_index("customer_id") for base in (before, now))
    both = then.index.intersection(current.index, sort=False)
    lost, new = then.index.difference(both), current.index.difference(both)
    parts = {
        "lost": (len(lost), -float(then.loc[lost, "clv"].sum())),
        **{name: (len(both), value) for name, value in _kept(then.loc[both], current.loc[both], before, now, days)},
        "new": (len(new), float(current.loc[new, "clv"].sum())),
    }
    opening, closing = (round(100.0 * float(frame["clv"].sum())) for frame in (then, current))
    cents = in_cents([100.0 * value for _, value in parts.values()], closing - opening)
    steps = [_step(name, count, amount) for (name, (count, _)), amount in zip(parts.items(), cents, strict=True)]
    return [_step("opening", len(then), opening), *steps, _step("closing", len(current), closing)]


def _step(part: str, customers: int, cents: int) -> Step:
    return Step(part, customers, Decimal(cents).scaleb(-2))


def _kept(then: pd.DataFrame, current: pd.DataFrame, before: Base, now: Base, days: int) -> list[tuple[str, float]]:
    """The parts of customers in both, as totals in the order of the bridge."""
    old, rate = before.assumptions, before.assumptions.annual_discount_rate
    opening, closing = float(then["clv"].sum()), float(current["clv"].sum())
    within, reaching = (worth(before.fits, then, old, horizon) for horizon in (days, days + old.horizon_days))
    served = within if days < old.horizon_days else opening
    ahead = (reaching - within) * (1.0 + rate) ** (days / DAYS_PER_YEAR)
    assumed = _reassumed(current, now, old, closing)
    revised = assumed.pop("start") - ahead
    return [
        ("served", -served), ("moved_on", ahead - (opening - served)), ("revised", revised), *assumed.items(),
    ]  # fmt: skip


def _reassumed(current: pd.DataFrame, now: Base, old: Assumptions, closing: float) -> dict[str, float]:
    """Under `start` the present value at the old assumptions, then what each assumption that changed adds to it."""
    new = now.assumptions
    at_old = Assumptions(new.model, old.horizon_days, old.annual_discount_rate, new.gross_margin)
    at_horizon = Assumptions(new.model, new.horizon_days, old.annual_discount_rate, new.gross_margin)
    ratio = old.gross_margin / new.gross_margin
    horizon_changed, rate_changed = (
        old.horizon_days != new.horizon_days,
        old.annual_discount_rate != new.annual_discount_rate,
    )
    second = worth(now.fits, current, at_horizon, new.horizon_days) if rate_changed else closing
    first = worth(now.fits, current, at_old, old.horizon_days) if horizon_changed else second
    found = {"start": first * ratio}
    if horizon_changed:
        found["horizon"] = (second - first) * ratio
    if rate_changed:
        found["discount"] = (closing - second) * ratio
    if ratio != 1.0:
        found["margin"] = closing * (1.0 - ratio)
    return found


def worth(fits: Fits, customers: pd.DataFrame, assumed: Assumptions, days: int) -> float:
    """Expected money of all customers within so many days, discounted, times the margin: `clv` for the horizon."""
    if days == 0 or customers.empty:
        return 0.0
    unit = fits.purchases.time_unit
    patterns = Patterns.from_frame(customers)
    counts = fits.purchases.residual(
        patterns, to_periods(days, unit), discount_per_period(assumed.annual_discount_rate, unit)
    )
    price = fits.spend.expected_order_value(patterns.frequency.array, customers["monetary_value"].to_numpy(dtype=float))
    value: FloatArray = counts * price * assumed.gross_margin
    return float(value.sum())
