"""Why money changed from one period to the next: whose it was, and which of its factors moved. Both close to the cent.

The factors are shared out by the Shapley value: the effect of a factor is its mean contribution over all orders in
which the factors can change from the earlier to the later value. For two factors it is the change of one at the mean
of the other. The parts add up to the change without a remainder, stay defined at zero and do not depend on an order.
Shapley (1953), A value for n-person games; Sun (1998), Energy Economics 20, 85-100 (the same for a product of
factors); Ang, Liu & Chew (2003), Energy Policy 31, 1561-1566 (that the two are one).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import permutations
from math import factorial

from dashapp.domain.cents import in_cents


class Kind(StrEnum):
    """What a customer did from one period to the next; the values are those of the query."""

    NEW = "new"
    REACTIVATED = "reactivated"
    GREW = "grew"
    SAME = "same"
    SHRANK = "shrank"
    LOST = "lost"
    NEITHER = "neither"
    UNIDENTIFIED = "unidentified"

    @property
    def label(self) -> str:
        return {
            "new": "New customers", "reactivated": "Reactivated", "grew": "Stayed and grew",
            "same": "Stayed, unchanged", "shrank": "Stayed and shrank", "lost": "Lost",
            "neither": "Refunds, no order", "unidentified": "No customer known",
        }[self.value]  # fmt: skip


@dataclass(frozen=True)
class Totals:
    """One period: what its buyers make of it, and what came or went without an order of an identified customer."""

    customers: int
    "With an order."
    orders: int
    sales: int
    "Net sales to them, cents."
    value: int
    "The money that is explained, of the same customers, cents: net sales again, gross sales, or margin."
    other: int = 0
    "Money of the period from everybody else, cents: refunds to those without an order, sales to unknown customers."

    @property
    def all(self) -> int:
        return self.value + self.other


@dataclass(frozen=True)
class Effect:
    """What one factor did to the money."""

    factor: str
    before: float
    "Count, money or share, whatever the factor is in."
    now: float
    cents: int


def drivers(before: Totals, now: Totals, with_margin: bool) -> list[Effect]:
    """The change of money as effects of its factors, in cents, adding up to `now.all - before.all` exactly.

    Factors: customers, orders each, value per order and, with the margin, its share of sales. The last effect is that
    of the money outside the factors.
    """
    names = ["customers", "orders_each", *(["sales_per_order", "margin_share"] if with_margin else ["value_per_order"])]
    chains = [_chain(period, with_margin) for period in (before, now)]
    old, new = factors(*chains)
    cents = in_cents(shapley(old, new), now.value - before.value)
    found = [
        Effect(name, _as_told(name, then), _as_told(name, after), amount)
        for name, then, after, amount in zip(names, old, new, cents, strict=True)
    ]
    return [*found, Effect("other", before.other / 100, now.other / 100, now.other - before.other)]


def _as_told(name: str, factor: Fraction) -> float:
    """Money per order in money, not in cents."""
    return float(factor / 100 if name.endswith("_per_order") else factor)


def _chain(period: Totals, with_margin: bool) -> list[int]:
    middle = [period.sales] if with_margin else []
    return [period.customers, period.orders, *middle, period.value]


def factors(before: Sequence[int], now: Sequence[int]) -> tuple[list[Fraction], list[Fraction]]:
    """Totals of two periods as factors whose product is the last total: the first, then each over the one before it.

    Where a ratio has nothing below, in one period, it is taken as in the other one, so that it explains nothing. Where
    something stands over nothing (margin on sales of 0), the two steps are one: the first of them is 1 in both.
    """
    old, new = [Fraction(before[0])], [Fraction(now[0])]
    under = (Fraction(before[0]), Fraction(now[0]))
    for place in range(1, len(before)):
        over = (Fraction(before[place]), Fraction(now[place]))
        if place + 1 < len(before) and _hides((before, now), place):
            ratios = (Fraction(1), Fraction(1))
        else:
            ratios, under = _ratios(over, under), over
        old.append(ratios[0])
        new.append(ratios[1])
    return old, new


def _hides(chains: tuple[Sequence[int], Sequence[int]], place: int) -> bool:
    """Whether, in one period, this total is nothing while the next one is something."""
    return any(chain[place] == 0 and chain[place + 1] != 0 for chain in chains)


def _ratios(over: tuple[Fraction, Fraction], under: tuple[Fraction, Fraction]) -> tuple[Fraction, Fraction]:
    known = [a / b if b else None for a, b in zip(over, under, strict=True)]
    first, second = known
    either = first if first is not None else second if second is not None else Fraction(0)
    return first if first is not None else either, second if second is not None else either


def shapley(before: Sequence[Fraction], now: Sequence[Fraction]) -> list[Fraction]:
    """Effect of each factor on the product of all, exactly adding up to its change.

    >>> shapley([Fraction(2), Fraction(3)], [Fraction(4), Fraction(5)])
    [Fraction(8, 1), Fraction(6, 1)]
    """
    count = len(before)
    effects = [Fraction(0)] * count
    for order in permutations(range(count)):
        at = list(before)
        reached = _product(at)
        for place in order:
            at[place] = now[place]
            after = _product(at)
            effects[place] += after - reached
            reached = after
    return [effect / factorial(count) for effect in effects]


def _product(values: Sequence[Fraction]) -> Fraction:
    product = Fraction(1)
    for value in values:
        product *= value
    return product
