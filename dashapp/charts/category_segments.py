"""Which segments buy which category more often than all customers do."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, View, nothing
from dashapp.charts.kit.formats import number, percent
from dashapp.charts.kit.marks import customers
from dashapp.charts.kit.tiles import Tile, tiles
from dashapp.domain.vocabulary import SEGMENTS

ENOUGH = 20
"Customers of a segment below which no index is told."
COLORS = ((140, "#DE8A4A"), (115, "#F2C9A5"), (85, "#F0F2F6"), (60, "#A9C2FB"), (0, "#4069DB"))
"From an index on: often bought is warm, seldom cold; the number stands in every field."


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: category, segment, buyers, category_buyers, segment_customers, customers; one row per field."""
    frame = frame[frame["segment_customers"] >= ENOUGH] if len(frame) else frame
    if frame.empty or frame["category"].nunique() < 2:
        text = "Fewer than two categories were bought by customers of segments large enough to compare."
        return nothing(text, "Load a product list with categories.", "unavailable")
    share = frame["buyers"] / frame["segment_customers"]
    frame = frame.assign(share=share, index=100 * share / (frame["category_buyers"] / frame["customers"]))
    categories = list(dict.fromkeys(frame["category"]))
    segments = [name for name in SEGMENTS if (frame["segment"] == name).any()]
    rows: list[Any] = list(frame.itertuples())
    cells = {(str(row.category), str(row.segment)): _tile(row, place) for place, row in enumerate(rows)}
    drawn = tiles(categories, segments, cells)
    drawn["layout"]["xaxis"] |= {"tickmode": "array", "tickvals": segments, "tickangle": -45, "tickfont": {"size": 11}}
    drawn["layout"]["margin"] |= {"l": 24 + 7 * max(len(name) for name in categories), "b": 96}
    marks = tuple(customers(category=str(row.category), segment=str(row.segment)) for row in rows)
    return Chart(drawn, _summary(frame), _table(frame), marks=marks)


def _tile(row: Any, mark: int) -> Tile:
    index, share = float(row.index), float(row.share)
    color = next(color for least, color in COLORS if index >= least)
    hover = f"<b>{row.segment}, {row.category}</b><br>{percent(share)} of the segment bought it, index {number(index)}"
    return Tile(number(index), hover, color, mark)


def _summary(frame: pd.DataFrame) -> str:
    over = frame.sort_values("index").iloc[-1]
    return (
        f"{over['segment']} buy {over['category']} most above the usual: {percent(over['share'])} of them did, "
        f"{percent(over['category_buyers'] / over['customers'])} of all customers, index {number(over['index'])}."
    )


def _table(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Category": frame["category"],
            "Segment": frame["segment"],
            "Buyers": frame["buyers"].astype(int),
            "Share of the segment": frame["share"].astype(float).round(4),
            "Index": frame["index"].round(0),
        }
    ).reset_index(drop=True)


CHART = ChartSpec(
    name="category_segments",
    title="Categories by segment",
    unit="Index: how much more often a segment bought the category than all customers; 100 is as often",
    definition="Share of a segment's customers who ever bought something of the category, over the share of all "
    "customers, times 100. Segments of today; those with fewer than 20 customers are left out. Segments rest on how "
    "much was bought, so those who buy much stand above 100 nearly everywhere.",
    query="category_segments",
    build=build,
    choice="category",
    height=380,
)
