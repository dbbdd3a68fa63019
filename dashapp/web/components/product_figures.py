"""The key figures of one product in the period, as cards of the same look as the shop's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashapp.services.behind import NOBODY
from dashapp.store.metrics import MetricValue
from dashapp.store.query import Query, find


@dataclass(frozen=True, slots=True)
class Figure:
    """A column of store/queries/product_figures.sql as a key figure."""

    name: str
    label: str
    unit: str
    better: str
    definition: str
    formula: str
    customers: str = NOBODY
    "No figure of the shop: the page leads to who bought the product in the period."

    @property
    def number(self) -> str:
        """Where its definition is registered."""
        return "query/product_figures"

    @property
    def query(self) -> Query:
        """The question it is a column of."""
        return find("product_figures")


FIGURES = (
    Figure("net_sales", "Net sales", "money", "up", "Sales less returns of the product in the period.",
           "sum of amounts of its lines"),
    Figure("units", "Units", "count", "up", "Pieces sold less pieces returned in the period.",
           "pieces of sales − pieces of returns"),
    Figure("buyers", "Buyers", "count", "up", "Identified customers who bought it in the period.",
           "distinct customers of its sales"),
    Figure("repeat_rate", "Repeat share", "share", "up",
           "Buyers of the period who bought it on two days or more within the period; the longer the period, the more.",
           "buyers with 2+ purchase days ÷ buyers"),
    Figure("margin_share", "Margin", "share", "up", "Gross margin of net sales, at the costs valid when sold.",
           "gross margin ÷ net sales"),
    Figure("return_rate", "Return rate", "share", "down",
           "Pieces that came back in the period of pieces sold in it; a return may be of an earlier sale.",
           "pieces returned ÷ pieces sold"),
    Figure("first_purchase_share", "First purchase", "share", "neutral",
           "Buyers of the period for whom it was part of the first purchase day of all.",
           "buyers who started with it in the period ÷ buyers"),
)  # fmt: skip


def measured(frame: pd.DataFrame, *, has_costs: bool) -> list[tuple[Figure, MetricValue]]:
    """Every figure with its value before. frame: the answer of `product_figures`, one row a period at most."""
    rows = {str(row["series"]): row for row in frame.to_dict("records")}
    now, then = _values(rows.get("current")), _values(rows.get("previous"))
    return [(figure, _value(figure, now, then, has_costs=has_costs)) for figure in FIGURES]


def _values(row: dict[Any, Any] | None) -> dict[str, float]:
    """What is known of a period, by figure."""
    found = {str(name): float(value) for name, value in (row or {}).items() if name != "series" and pd.notna(value)}
    sales = found.get("net_sales", 0.0)
    if "gross_margin" in found and sales > 0:
        found["margin_share"] = found["gross_margin"] / sales
    return found


def _value(figure: Figure, now: dict[str, float], then: dict[str, float], *, has_costs: bool) -> MetricValue:
    if figure.name in now:
        return MetricValue(now[figure.name], then.get(figure.name))
    if not now:
        return MetricValue(None, reason="Neither sold nor returned in this period.")
    if figure.name == "margin_share" and not has_costs:
        return MetricValue(None, reason="No costs are loaded: import a cost list, or costs with the products.")
    return MetricValue(None, reason=_MISSING.get(figure.name, "There is nothing to count in this period."))


_MISSING = {
    "margin_share": "No cost is known for it, or its net sales are not above zero.",
    "repeat_rate": "No identified customer bought it in this period.",
    "first_purchase_share": "No identified customer bought it in this period.",
    "return_rate": "Nothing was sold in this period.",
}
