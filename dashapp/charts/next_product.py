"""What a customer may buy next, by what others bought next who bought the same; or why nothing is said."""

from __future__ import annotations

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, View, nothing
from dashapp.charts.kit.formats import number, percent
from dashapp.charts.kit.marks import customers
from dashapp.charts.kit.panels import Measure, panels
from dashapp.domain.next_product import ENOUGH, LEAST, MOST, following

SHOWN = 5


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: the answer of store/queries/customer_next_products.sql."""
    found = following(frame).head(SHOWN).sort_values("share", ascending=False, kind="stable", ignore_index=True)
    if found.empty:
        return nothing(*_why_not(frame), "insufficient")
    measures = [Measure("share", "Bought it next", percent), Measure("usual", "Usual", percent)]
    drawn = panels(found, "product", measures)
    marks = tuple(customers(product=str(product)) for product in found["product_id"])
    return Chart(drawn, _summary(found), _table(found), marks=marks)


def _why_not(frame: pd.DataFrame) -> tuple[str, str]:
    if frame.empty or frame["customers"].max() < ENOUGH:
        text = (
            f"Fewer than {ENOUGH} others bought what this customer bought last and came back, {LEAST} of them to buy "
            "one same product."
        )
        return text, "Load a longer history of orders with products."
    pairs = number(int(frame["looked_at"].iloc[0]))
    text = f"Of {pairs} products that followed, none did so more often than chance explains."
    return text, "That is the answer: no product is suggested."


def _summary(found: pd.DataFrame) -> str:
    best = found.iloc[0]
    return (
        f"{best['product']} is the likeliest: after {best['after']} {percent(best['share'])} of "
        f"{number(best['customers'])} customers bought it next ({percent(0.95, 0)}: {percent(best['low'])} to "
        f"{percent(best['high'])}), against {percent(best['usual'])} usually."
    )


def _table(found: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Product": found["product"],
            "After": found["after"],
            "Came back": found["customers"].astype(int),
            "Bought it next": found["followed"].astype(int),
            "Share": found["share"].round(4),
            "Share, low": found["low"].round(4),
            "Share, high": found["high"].round(4),
            "Share, usual": found["usual"].round(4),
            "q value": found["q_value"].round(4),
        }
    )


CHART = ChartSpec(
    name="next_product",
    title="Next product",
    unit="Share of others who bought the same and came back, on their next purchase day",
    definition="Others who bought what this customer bought last, each with the first such day, and came back (of more "
    "than 100,000 about so many, evenly taken): the share that bought a product on their next purchase day. Usual: "
    "share of all later purchase days that have it. Only what this customer never bought, and what stands out at a "
    "false discovery rate of 5 % (Fisher’s exact test, Benjamini and Hochberg over all pairs looked at). It went "
    "together in the past; it need not be caused.",
    query="customer_next_products",
    build=build,
    height=240,
    parameters={"customer_key": None, "least": LEAST, "most": MOST},
)
