"""Who buys one product: its buyers by segment against all customers."""

from __future__ import annotations

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, View, nothing
from dashapp.charts.kit.formats import number, percent
from dashapp.charts.kit.marks import customers
from dashapp.charts.kit.panels import Measure, panels
from dashapp.charts.kit.theme import SEGMENT_COLORS
from dashapp.domain.vocabulary import SEGMENTS

ENOUGH = 20
"Fewer buyers make no mix."


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: segment, buyers, customers, gross_sales, share, customer_share; one row per segment."""
    buyers = int(frame["buyers"].sum()) if len(frame) else 0
    if buyers < ENOUGH:
        text = f"{number(buyers)} identified customers bought this product; {ENOUGH} are needed for a mix."
        return nothing(text, "Only sales with a customer count.", "insufficient")
    frame = frame.assign(place=frame["segment"].map(SEGMENTS.index)).sort_values("place", ignore_index=True)
    frame["index"] = 100.0 * frame["share"] / frame["customer_share"]
    measures = [
        Measure("share", "Buyers", percent),
        Measure("customer_share", "Customers", percent),
        Measure("index", "Index", number),
    ]
    drawn = panels(frame, "segment", measures, [SEGMENT_COLORS[name] for name in frame["segment"]])
    marks = [customers(product=str(row.product_id), segment=str(row.segment)) for row in frame.itertuples()]
    return Chart(drawn, _summary(frame, buyers), _table(frame), marks=tuple(marks))


def _summary(frame: pd.DataFrame, buyers: int) -> str:
    most = frame.sort_values("share").iloc[-1]
    usable = frame[frame["customers"] >= ENOUGH]
    text = f"Of {number(buyers)} buyers {percent(most['share'])} are {most['segment']}."
    if usable.empty:
        return text
    over = usable.sort_values("index").iloc[-1]
    return f"{text} {over['segment']} stand out most: index {number(over['index'])}, 100 being as common as among all."


def _table(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Segment": frame["segment"],
            "Buyers": frame["buyers"].astype(int),
            "Share of buyers": frame["share"].astype(float).round(4),
            "Share of customers": frame["customer_share"].astype(float).round(4),
            "Index": frame["index"].round(0),
            "Gross sales": frame["gross_sales"].astype(float).round(2),
        }
    )


CHART = ChartSpec(
    name="product_buyers",
    title="Who buys it",
    unit="Share of its buyers and of all customers by today's segment",
    definition="Identified customers who ever bought it. Index: share of the buyers in a segment over the share of all "
    "customers in it, times 100. Segments rest on what customers bought, this product included, so those who buy much "
    "stand out for any product.",
    query="product_segments",
    build=build,
    height=320,
    parameters={"product_key": None},
)
