"""What may happen to the simulated shop besides the models: each option of the sample changes what it says, no more.

Every share is 0 by default and then changes nothing. Moments are parts of the history: a promotion half way, a churn
shock after two thirds, a price rise after three quarters.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pydantic import Field

from etl.source import Strict

Generator = np.random.Generator
WEEKS_PER_YEAR = 52.18
PEAK_WEEK = 48
PROMO_AT, PROMO_DAYS = 1 / 2, 28
SHOCK_AT = 2 / 3
RISE_AT = 3 / 4


class Scenarios(Strict):
    seasonal: float = Field(default=0.0, ge=0, le=1)
    """Repeat purchases in the quietest week are fewer than in the busiest (early December) by this share."""
    churn_shock: float = Field(default=0.0, ge=0, le=1)
    """Share of the customers who never come back after two thirds of the history."""
    promo: float = Field(default=0.0, ge=0, lt=1)
    """Discount in the four weeks half way, in which every second line sells one piece more."""
    price_rise: float = Field(default=0.0, ge=0, le=5)
    """Rise of all prices for the last quarter of the history; costs stay."""
    duplicates: float = Field(default=0.0, ge=0, le=0.5)
    """Share of the order lines that are exported twice."""


def thin(
    rng: Generator, purchases: pd.DataFrame, customers: int, first_week: float, weeks: float, told: Scenarios
) -> pd.DataFrame:
    """The purchases that season and shock leave. first_week: week of the year of the first day."""
    week = purchases["week"].to_numpy()
    wave = (1 + np.cos(2 * np.pi * (week + first_week - PEAK_WEEK) / WEEKS_PER_YEAR)) / 2
    in_season = rng.uniform(size=len(week)) >= told.seasonal * (1 - wave)
    leaves = rng.uniform(size=customers) < told.churn_shock
    gone = leaves[purchases["customer"].to_numpy()] & (week > SHOCK_AT * weeks)
    first = purchases["repeat"].to_numpy() == 0
    kept: pd.DataFrame = purchases[first | (in_season & ~gone)]
    return kept.reset_index(drop=True)


def moment(part: float, first_day: pd.Timestamp, last_day: pd.Timestamp) -> pd.Timestamp:
    """The day at this part of the history."""
    return (first_day + (last_day - first_day) * part).normalize()


def price(
    rng: Generator, orders: pd.DataFrame, first_day: pd.Timestamp, last_day: pd.Timestamp, told: Scenarios
) -> pd.DataFrame:
    """The orders at the prices of promotion and rise."""
    at = orders["ordered_at"]
    start = moment(PROMO_AT, first_day, last_day)
    promoted = (at >= start) & (at < start + pd.Timedelta(days=PROMO_DAYS)) & (told.promo > 0)
    risen = at >= moment(RISE_AT, first_day, last_day)
    factor = np.where(promoted, 1 - told.promo, 1.0) * np.where(risen, 1 + told.price_rise, 1.0)
    more = promoted & (rng.uniform(size=len(orders)) < 0.5)
    return orders.assign(
        unit_price=np.where(
            factor == 1.0, orders["unit_price"], np.maximum((orders["unit_price"] * factor).round(2), 0.01)
        ),
        quantity=orders["quantity"] + more.astype(int),
    )


def twice(rng: Generator, orders: pd.DataFrame, told: Scenarios) -> pd.DataFrame:
    """The orders with some lines exported twice, one below the other."""
    copies = 1 + (rng.uniform(size=len(orders)) < told.duplicates)
    return orders.loc[orders.index.repeat(copies)].reset_index(drop=True)


def price_list(
    products: pd.DataFrame, first_day: pd.Timestamp, last_day: pd.Timestamp, told: Scenarios
) -> pd.DataFrame:
    """List prices with their days: product_id, valid_from, valid_to, unit_price; a second period where prices rise."""
    rise = moment(RISE_AT, first_day, last_day)
    before = products[["product_id", "unit_price"]].assign(valid_from=first_day.strftime("%Y-%m-%d"), valid_to="")
    if told.price_rise:
        before["valid_to"] = (rise - pd.Timedelta(days=1)).strftime("%Y-%m-%d")
        risen = (products["unit_price"] * (1 + told.price_rise)).round(2)
        after = before.assign(unit_price=risen, valid_from=rise.strftime("%Y-%m-%d"), valid_to="")
        before = pd.concat([before, after], ignore_index=True)
    return before[["product_id", "valid_from", "valid_to", "unit_price"]]
