"""How few products carry how much of the net sales: the best sellers added up."""

from __future__ import annotations

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, View, nothing
from dashapp.charts.kit import figures
from dashapp.charts.kit.formats import money, number, percent, plural
from dashapp.charts.kit.marks import customers, marked
from dashapp.domain.vocabulary import LifecycleStage

MOST_MARKS = 500
"So many products lead to their customers: as many as the table shows."
MOST_POINTS = 200


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: place, product_id, product, stage, net_sales, sales_class, share, share_so_far; best sellers first."""
    if frame.empty or frame["share_so_far"].isna().all():
        return nothing("No product was ever sold for money.", "Load order lines with products.")
    step = max(1, len(frame) // MOST_POINTS)
    ends = frame["sales_class"] != frame["sales_class"].shift(-1)
    shown = frame[(frame["place"] % step == 0) | (frame["place"] == 1) | ends]
    line = figures.line(
        "Net sales", [0, *shown["place"].astype(int)], [0.0, *shown["share_so_far"].astype(float).round(4)],
        customdata=["", *shown["product"]], hovertemplate="%{x} products: %{y:.1%}<extra>%{customdata}</extra>",
    )  # fmt: skip
    rules = [figures.marker_line(int(frame.loc[frame["sales_class"] == name, "place"].max()), f"{name} ends")
             for name in ("A", "B") if (frame["sales_class"] == name).any()]  # fmt: skip
    drawn = figures.figure(
        [marked(line, [None, *(place - 1 if place <= MOST_MARKS else None for place in shown["place"].astype(int))])],
        shapes=[rule for rule, _ in rules], annotations=[words | {"y": 0.12} for _, words in rules],
        xaxis={"title": {"text": "Products, best sellers first"}, "fixedrange": True, "rangemode": "tozero"},
        yaxis={"tickformat": ".0%", "range": [0, 1.02], "fixedrange": True}, margin=figures.MARGIN | {"b": 44},
    )  # fmt: skip
    marks = tuple(customers(product=str(product)) for product in frame["product_id"][:MOST_MARKS])
    return Chart(drawn, _summary(frame, view), _table(frame), marks=marks)


def _summary(frame: pd.DataFrame, view: View) -> str:
    best = frame[frame["sales_class"] == "A"]
    first = frame.iloc[0]
    return (
        f"{plural(len(best), 'product')} of {number(len(frame))} ({percent(len(best) / len(frame))}) carry the first "
        f"{percent(0.8, 0)} of the net sales. The best, {first['product']}, brought "
        f"{money(first['net_sales'], view.currency)}, {percent(first['share'])}."
    )


def _table(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Place": frame["place"].astype(int),
            "Code": frame["product_id"],
            "Product": frame["product"],
            "Class": frame["sales_class"],
            "Stage": [LifecycleStage(stage).label if isinstance(stage, str) else "" for stage in frame["stage"]],
            "Net sales": frame["net_sales"].astype(float).round(2),
            "Share": frame["share"].astype(float).round(4),
            "Share so far": frame["share_so_far"].astype(float).round(4),
        }
    )


CHART = ChartSpec(
    name="product_pareto",
    title="Few carry most",
    unit="Share of net sales that the best sellers carry, all observed days",
    definition="Products ordered by net sales: A carries the first 80 %, B the next 15 %, C the rest. Products whose "
    "returns outweigh their sales add nothing.",
    query="product_pareto",
    build=build,
    choice="product",
    height=340,
)
