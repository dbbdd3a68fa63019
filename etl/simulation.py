"""The simulated shop behind the source `sample`: who buys when for how much (the models), and what (invented).

Customers: columns start, rate, dropout in weeks since the first day. Purchases: customer (row number), week, value.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from etl import catalogue, scenarios
from etl.scenarios import Scenarios

Generator = np.random.Generator


@dataclass(frozen=True)
class Parameters:
    """BG/NBD (time unit: weeks) and Gamma-Gamma (EUR), as in the papers of Fader and Hardie."""

    r: float = 0.75
    alpha: float = 9.0
    a: float = 0.9
    b: float = 3.2
    p: float = 5.5
    q: float = 4.2
    v: float = 40.0


PARAMETERS = Parameters()
UNDISTURBED = Scenarios()
LAST_DAY = date(2025, 6, 30)
DAYS_PER_WEEK = 7
COUNTRIES = {
    "Germany": 0.45,
    "France": 0.15,
    "Austria": 0.12,
    "Netherlands": 0.10,
    "Switzerland": 0.08,
    "Denmark": 0.10,
}
CHANNELS = {"Organic search": 0.30, "Paid search": 0.25, "Social": 0.20, "Marketplace": 0.15, "Referral": 0.10}
REPEAT_CHANNELS = {"E-mail": 0.45, "Organic search": 0.35, "Paid search": 0.10, "Social": 0.10}
COST_PER_CUSTOMER = {"Paid search": (40.0, 95.0), "Social": (120.0, 150.0), "Marketplace": (30.0, 34.0)}
"What a new customer of a paid channel costs on the first and on the last day [EUR]: one pays back late, one never."
EVENTS = {"E-mail opened": 0.5, "Visit": 0.35, "Basket abandoned": 0.15}
EVENTS_PER_WEEK = {"active": 0.15, "gone": 0.01}
FIRST_NAMES = "Ada Ben Clara David Emma Felix Greta Hugo Ida Jonas Karla Leo Mia Noah Olga Paul Rosa Simon Thea Viktor"
LAST_NAMES = "Albers Bauer Claes Dubois Eriksen Fischer Gruber Hansen Jansen Keller Lang Moreau Novak Olsen Petit"

# What real exports do wrong, each with what becomes of it.
DEFECTS = (
    ("D-1,2024-02-30 10:00:00,C-00001,P-001,Impossible date,1,9.90,4.00,Germany,Referral", "bad_date"),
    ("D-2,2099-01-01 10:00:00,C-00001,P-001,Dated in the future,1,9.90,4.00,Germany,Referral", "future_date"),
    ("D-3,2024-03-01 10:00:00,C-00002,P-001,Quantity in words,two,9.90,4.00,Germany,Referral", "bad_quantity"),
    ("D-4,2024-03-01 11:00:00,C-00002,P-001,Not a price,1,NaN,4.00,Germany,Referral", "bad_price"),
    (",2024-03-01 12:00:00,C-00002,P-001,No order number,1,9.90,4.00,Germany,Referral", "missing_order_id"),
    ("D-5,2024-03-01 13:00:00,1.0032E+05,P-001,Digits lost,1,9.90,4.00,Germany,Referral", "scientific_id"),
    ("D-6,2024-03-01 14:00:00,C-00002,P-001,Cut off", "wrong_field_count"),
    ("D-7,2024-03-01 15:00:00,C-00002,P-999,Unknown product,1,9.90,4.00,Germany,Referral", ""),
    ("D-8,2024-03-01 16:00:00,C-00003,P-001,Negative price,1,-9.90,4.00,Germany,Referral", ""),
    ("D-9,2024-03-01 17:00:00,,P-001,No customer,1,9.90,4.00,Germany,Referral", ""),
    ("D-10,2024-03-01 18:00:00,C-00003,P-001,Twice the same,1,9.90,4.00,Germany,Referral", ""),
    ("D-10,2024-03-01 18:00:00,C-00003,P-001,Twice the same,1,9.90,4.00,Germany,Referral", ""),
)


def simulate(
    seed: int, customers: int, months: int, returns: float, told: Scenarios = UNDISTURBED
) -> dict[str, pd.DataFrame]:
    """The shop's files by entity. The same arguments give the same frames."""
    first_day = (pd.Timestamp(LAST_DAY) + pd.Timedelta(days=1) - pd.DateOffset(months=months)).normalize()
    weeks = (pd.Timestamp(LAST_DAY) - first_day).days / DAYS_PER_WEEK + 1 / DAYS_PER_WEEK
    people, buying, basket, back, event, cost = np.random.default_rng(seed).spawn(6)
    buyers = draw_customers(people, customers, weeks)
    # A stream of their own: without a scenario every other draw stays what it was.
    happening = np.random.default_rng(seed + 2)
    first_week = first_day.day_of_year / DAYS_PER_WEEK
    purchases = draw_purchases(buying, buyers, weeks)
    purchases = scenarios.thin(happening, purchases, customers, first_week, weeks, told)
    shelf = catalogue.products(np.random.default_rng(seed + 1), weeks)
    lines = catalogue.lines(basket, purchases, shelf, weeks)
    facts = _customer_facts(people, buyers, first_day)
    last_day = pd.Timestamp(LAST_DAY)
    orders = _orders(basket, purchases, lines, shelf, facts, first_day)
    orders = scenarios.price(happening, orders, first_day, last_day, told)
    return {
        "order_lines": scenarios.twice(happening, _with_returns(back, orders, returns), told),
        "customers": facts,
        "products": shelf[["product_id", "product_name", "category", "unit_price", "unit_cost"]],
        "prices": scenarios.price_list(shelf, first_day, last_day, told),
        "costs": _costs(shelf, first_day),
        "marketing_spend": _spend(cost, facts, first_day),
        "engagement_events": _events(event, buyers, purchases, facts, first_day, weeks),
    }


def draw_customers(rng: Generator, count: int, weeks: float) -> pd.DataFrame:
    """Start (week of the first purchase, more of them later and before Christmas), rate and dropout probability."""
    start = np.empty(0)
    while len(start) < count:
        week = rng.uniform(0, weeks, 4 * count)
        christmas = 0.6 * np.exp(-((((week % 52.18) - 48) / 3) ** 2))
        start = np.append(start, week[rng.uniform(0, 1.6, len(week)) < (0.5 + 0.5 * week / weeks + christmas)])
    law = PARAMETERS
    return pd.DataFrame(
        {
            "start": np.sort(start[:count]),
            "rate": rng.gamma(law.r, 1 / law.alpha, count),
            "dropout": rng.beta(law.a, law.b, count),
        }
    )


def draw_purchases(rng: Generator, customers: pd.DataFrame, weeks: float) -> pd.DataFrame:
    """Every purchase: customer, week, repeat (0 = first), value [EUR]. BG/NBD times, Gamma-Gamma values.

    Fader, Hardie & Lee (2005): no dropout at the first purchase, a Bernoulli dropout after each repeat purchase.
    """
    law = PARAMETERS
    alive, week = np.arange(len(customers)), customers["start"].to_numpy()
    rate, dropout = customers["rate"].to_numpy(), customers["dropout"].to_numpy()
    found, number = [(alive, week, np.zeros(len(alive), dtype=int))], 0
    while len(alive):
        number += 1
        week = week + rng.exponential(1 / np.maximum(rate[alive], 1e-12))
        inside = week < weeks
        alive, week = alive[inside], week[inside]
        found.append((alive, week, np.full(len(alive), number)))
        stays = rng.uniform(size=len(alive)) >= dropout[alive]
        alive, week = alive[stays], week[stays]
    customer, when, repeat = (np.concatenate(parts) for parts in zip(*found, strict=True))
    scale = rng.gamma(law.q, 1 / law.v, len(customers))
    value = rng.gamma(law.p, 1 / scale[customer])
    frame = pd.DataFrame({"customer": customer, "week": when, "repeat": repeat, "value": np.maximum(value, 0.5)})
    return frame.sort_values(["week", "customer"], ignore_index=True)


def _choose(rng: Generator, weights: dict[str, float], count: int) -> np.ndarray:
    share = np.array(list(weights.values()))
    return rng.choice(np.array(list(weights), dtype=object), count, p=share / share.sum())


def _customer_facts(rng: Generator, customers: pd.DataFrame, first_day: pd.Timestamp) -> pd.DataFrame:
    count = len(customers)
    given, family = rng.choice(FIRST_NAMES.split(), count), rng.choice(LAST_NAMES.split(), count)
    ids = [f"C-{number:05d}" for number in range(1, count + 1)]
    return pd.DataFrame(
        {
            "customer_id": ids,
            "customer_name": [f"{a} {b}" for a, b in zip(given, family, strict=True)],
            "email": [f"{a}.{b}.{i[2:]}@example.com".lower() for a, b, i in zip(given, family, ids, strict=True)],
            "country": _choose(rng, COUNTRIES, count),
            "channel": _choose(rng, CHANNELS, count),
            "signed_up_on": _days(customers["start"].to_numpy(), first_day).strftime("%Y-%m-%d"),
        }
    )


def _days(weeks: np.ndarray, first_day: pd.Timestamp) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(first_day + pd.to_timedelta(np.floor(weeks * DAYS_PER_WEEK), unit="D"))


def _orders(
    rng: Generator,
    purchases: pd.DataFrame,
    lines: pd.DataFrame,
    shelf: pd.DataFrame,
    facts: pd.DataFrame,
    first_day: pd.Timestamp,
) -> pd.DataFrame:
    """Order lines as the shop exports them; the time of day is decoration, the day is the model's."""
    minutes = pd.to_timedelta(rng.integers(7 * 60, 23 * 60, len(purchases)), unit="min")
    ordered_at = _days(purchases["week"].to_numpy(), first_day) + minutes
    customer, purchase = purchases["customer"].to_numpy(), lines["purchase"].to_numpy()
    first = purchases["repeat"].to_numpy() == 0
    channel = np.where(first, facts["channel"].to_numpy()[customer], _choose(rng, REPEAT_CHANNELS, len(purchases)))
    sold = shelf.iloc[lines["product"].to_numpy()].reset_index(drop=True)
    return pd.DataFrame(
        {
            "order_id": np.char.add("O-", np.char.zfill((purchase + 1).astype(str), 6)),
            "ordered_at": ordered_at[purchase],
            "customer_id": facts["customer_id"].to_numpy()[customer[purchase]],
            "product_id": sold["product_id"],
            "product_name": sold["product_name"],
            "quantity": lines["quantity"].to_numpy(),
            "unit_price": lines["unit_price"].to_numpy(),
            "unit_cost": sold["unit_cost"],
            "country": facts["country"].to_numpy()[customer[purchase]],
            "channel": channel[purchase],
        }
    )


def _costs(shelf: pd.DataFrame, first_day: pd.Timestamp) -> pd.DataFrame:
    """Costs with their days: one period per product, open at its end."""
    costs = shelf[["product_id", "unit_cost"]].assign(valid_from=first_day.strftime("%Y-%m-%d"), valid_to="")
    return costs[["product_id", "valid_from", "valid_to", "unit_cost"]]


def _with_returns(rng: Generator, orders: pd.DataFrame, share: float) -> pd.DataFrame:
    """The orders with credit notes for a share of the lines, 2 to 25 days later, as far as they fall in time."""
    back = orders[rng.uniform(size=len(orders)) < share].copy()
    back["ordered_at"] += pd.to_timedelta(rng.integers(2, 26, len(back)), unit="D")
    back["quantity"] *= -1
    back["order_id"] = back["order_id"].str.replace("O-", "R-")
    back = back[back["ordered_at"] < pd.Timestamp(LAST_DAY) + pd.Timedelta(days=1)]
    return pd.concat([orders, back], ignore_index=True).sort_values("ordered_at", kind="stable", ignore_index=True)


def _spend(rng: Generator, facts: pd.DataFrame, first_day: pd.Timestamp) -> pd.DataFrame:
    """Daily spend of the paid channels: what a customer costs that day, over those of the surrounding four weeks."""
    days = pd.date_range(first_day, pd.Timestamp(LAST_DAY))
    parts = []
    for channel, (first, last) in COST_PER_CUSTOMER.items():
        joined = facts.loc[facts["channel"] == channel, "signed_up_on"].value_counts()
        daily = joined.reindex(days.strftime("%Y-%m-%d"), fill_value=0).rolling(28, min_periods=1, center=True).mean()
        price = np.linspace(first, last, len(days))
        spend = (daily.to_numpy() * price * rng.uniform(0.85, 1.15, len(days))).round(2)
        parts.append(pd.DataFrame({"spend_date": days.strftime("%Y-%m-%d"), "channel": channel, "spend": spend}))
    return pd.concat(parts).sort_values(["spend_date", "channel"], ignore_index=True)


def _events(
    rng: Generator,
    customers: pd.DataFrame,
    purchases: pd.DataFrame,
    facts: pd.DataFrame,
    first_day: pd.Timestamp,
    weeks: float,
) -> pd.DataFrame:
    """Visits and opened mails: frequent up to four weeks after the last purchase, rare afterwards."""
    start = customers["start"].to_numpy()
    last = purchases.groupby("customer")["week"].max().reindex(customers.index).to_numpy()
    busy_until = np.minimum(last + 4, weeks)
    parts = []
    for rate, begin, end in (
        (EVENTS_PER_WEEK["active"], start, busy_until),
        (EVENTS_PER_WEEK["gone"], busy_until, np.full(len(start), weeks)),
    ):
        who = np.repeat(np.arange(len(start)), rng.poisson(rate * (end - begin)))
        week = rng.uniform(begin[who], end[who])
        parts.append(pd.DataFrame({"who": who, "week": week}))
    events = pd.concat(parts, ignore_index=True).sort_values(["week", "who"], ignore_index=True)
    seconds = np.floor(events["week"].to_numpy() * DAYS_PER_WEEK * 86_400)
    return pd.DataFrame(
        {
            "occurred_at": first_day + pd.to_timedelta(seconds, unit="s"),
            "customer_id": facts["customer_id"].to_numpy()[events["who"].to_numpy()],
            "event": _choose(rng, EVENTS, len(events)),
        }
    )


def plant_defects(path: Path) -> None:
    """Inserts the DEFECTS into the order file, spread over its lines."""
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    step = max(1, len(lines) // (len(DEFECTS) + 1))
    for position, (defect, _) in reversed(list(enumerate(DEFECTS, start=1))):
        lines.insert(min(position * step, len(lines)), defect)
    path.write_text("\n".join([header, *lines, ""]), encoding="utf-8")
