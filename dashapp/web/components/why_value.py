"""Why this value: what each statistic of a customer adds to the value of an average one, to the cent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from dash.development.base_component import Component

from dashapp import written
from dashapp.domain.cents import in_cents
from dashapp.store.facts import Facts
from dashapp.web import format as fmt
from dashapp.web.components import facts as shown
from dashapp.web.components.basics import data_table

HINT = (
    "Each statistic of this customer takes the place of an average customer's, one after the other; what that changes, "
    "averaged over all orders of doing so, is what it adds (Shapley value). They add up to the predicted CLV to the "
    "cent. They say how the model comes to its figure, not what would change if something were done."
)
CENTS = 100.0


def card(known: Mapping[str, Any], why: Mapping[str, Any], facts: Facts) -> Component | str:
    """The table of parts; nothing where no value is published.

    known: the customer's profile; why: the answer of `customer_value_reasons`, empty where there is none.
    """
    if not why or known["clv"] is None:
        return ""
    table = pd.DataFrame(_rows(known, why, facts.currency)).astype(object)
    title = "Why this value"
    return shown.card(title, data_table(table, f"{title}, {facts.currency}"), hint=HINT)


def _rows(known: Mapping[str, Any], why: Mapping[str, Any], currency: str) -> list[dict[str, str]]:
    parts = amounts(known, why)
    told = {
        "frequency": ("Repeat purchase days", fmt.number),
        "recency_days": ("From first to last purchase", fmt.days),
        "T_days": ("Since the first purchase", fmt.days),
        "monetary_value": ("Mean spend per repeat purchase day", lambda value: fmt.amount(value, currency)),
    }
    rows = [_row("A customer with the average statistics", fmt.amount(parts["average"], currency))]
    for name, (title, words) in told.items():
        own = words(known[name]) if name != "monetary_value" or known["frequency"] else "not known yet"
        average = words(why[f"average_{name}"])
        rows.append(_row(f"{title}: {own} (average {average})", _signed(parts[name], currency)))
    return [*rows, _row("This customer", fmt.amount(known["clv"], currency))]


def _row(what: str, adds: str) -> dict[str, str]:
    return {"What": what, "Predicted CLV": adds}


def amounts(known: Mapping[str, Any], why: Mapping[str, Any]) -> dict[str, float]:
    """The average customer's value and what each statistic adds, in whole cents that add up to the CLV."""
    parts = {"average": why["average_clv"]} | {name: why[name] for name in why if not name.startswith("average_")}
    cents = in_cents([CENTS * float(value) for value in parts.values()], round(CENTS * float(known["clv"])))
    return {name: cent / CENTS for name, cent in zip(parts, cents, strict=True)}


def _signed(value: float, currency: str) -> str:
    return written.with_sign("+" if value > 0 else "", fmt.amount(value, currency))
