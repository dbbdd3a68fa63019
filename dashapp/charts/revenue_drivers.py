"""What made the difference between two periods: customers, orders each, value per order, margin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, View, nothing
from dashapp.charts.kit.bridges import Bar, bridge
from dashapp.charts.kit.bridges import change as signed
from dashapp.charts.kit.formats import amount, money, number, percent
from dashapp.charts.kit.two_periods import TwoPeriods, not_comparable, of_basis
from dashapp.domain.revenue_bridge import Effect, drivers
from dashapp.domain.vocabulary import Basis

NAMES = {
    "customers": "Customers",
    "orders_each": "Orders each",
    "value_per_order": "Value per order",
    "sales_per_order": "Sales per order",
    "margin_share": "Margin share",
    "other": "Without an order",
}


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: the answer of store/queries/revenue_bridge.sql."""
    frame = of_basis(frame, view)
    if problem := not_comparable(frame, view):
        return nothing(*problem)
    periods = TwoPeriods.read(frame)
    effects = drivers(periods.before, periods.now, view.filters.basis is Basis.GROSS_MARGIN)
    if not periods.before.customers or not periods.now.customers:
        text = "In one of the two periods nobody bought, so there is nothing to take apart."
        return nothing(text, "Choose a longer period or remove a filter.", "insufficient")
    effects = [effect for effect in effects if effect.factor != "other" or effect.cents or effect.now]
    steps = [Bar(NAMES[effect.factor], effect.cents / 100) for effect in effects]
    ends = (Bar("Before", periods.before.all / 100, True), Bar("Now", periods.now.all / 100, True))
    table = pd.DataFrame(
        {
            "Factor": [NAMES[effect.factor] for effect in effects],
            f"Before ({periods.before_words})": [_words(effect, effect.before, view) for effect in effects],
            f"Now ({periods.now_words})": [_words(effect, effect.now, view) for effect in effects],
            "Effect": [effect.cents / 100 for effect in effects],
        }
    )
    return Chart(bridge([ends[0], *steps, ends[1]], view), _summary(effects, periods, view), table)


def _words(effect: Effect, value: float, view: View) -> str:
    in_words: dict[str, Callable[[Any], str]] = {
        "customers": number,
        "orders_each": lambda each: number(each, 2),
        "margin_share": percent,
    }
    return in_words.get(effect.factor, lambda money_: amount(money_, view.currency))(value)


def _summary(effects: list[Effect], periods: TwoPeriods, view: View) -> str:
    total = (periods.now.all - periods.before.all) / 100
    told = [
        f"{NAMES[effect.factor].lower()} {signed(effect.cents / 100, view.currency)}"
        + (f" (from {_words(effect, effect.before, view)} to {_words(effect, effect.now, view)})")
        for effect in effects
    ]
    largest = max(effects, key=lambda effect: abs(effect.cents))
    return (
        f"Of the change of {signed(total, view.currency) if total else money(0, view.currency)}, the largest part is "
        f"{NAMES[largest.factor].lower()}: {'; '.join(told)}."
    )


CHART = ChartSpec(
    name="revenue_drivers",
    title="What made the difference",
    unit="Effect of each factor on the change, from the earlier period to this one",
    definition="The money of customers with an order is customers x orders each x value per order (for margin: x sales "
    "per order x margin share). The effect of a factor is its mean contribution over all orders in which the factors "
    "can change (Shapley value), so the effects add up to the change to the cent. Without an order: refunds to "
    "customers who did not buy in the period, and sales to unknown customers. Periods as in the chart beside.",
    query="revenue_bridge",
    build=build,
    nobody="Its bars are effects of numbers and of money each, from all customers at once.",
    height=340,
)
