"""Products by stage of life and by how much of the net sales they carry: what earns the money, and how old it is."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, View, nothing
from dashapp.charts.kit.cohorts import STEPS
from dashapp.charts.kit.formats import compact, money, number, percent, plural
from dashapp.charts.kit.tiles import Tile, tiles
from dashapp.domain.vocabulary import LifecycleStage

CLASSES = {"A": "A: first 80 %", "B": "B: next 15 %", "C": "C: last 5 %"}


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: sales_class, stage, products, net_sales, gross_margin; one row a field that holds products."""
    if frame.empty:
        return nothing("No product was ever sold.", "Load order lines with products.")
    frame = frame.astype({"net_sales": float, "gross_margin": float})
    most = float(frame["net_sales"].max())
    stages = [stage for stage in LifecycleStage if (frame["stage"] == stage).any()]
    rows: list[Any] = list(frame.itertuples())
    cells = {(CLASSES[row.sales_class], LifecycleStage(row.stage).label): _tile(row, most, view) for row in rows}
    present = [name for name in CLASSES.values() if any(row == name for row, _ in cells)]
    names = [stage.label for stage in stages]
    drawn = tiles(present, names, cells)
    drawn["layout"]["xaxis"] |= {"tickmode": "array", "tickvals": names, "tickangle": -45, "tickfont": {"size": 11}}
    drawn["layout"]["margin"] |= {"l": 96, "b": 96}
    return Chart(drawn, _summary(frame, view), _table(frame))


def _tile(row: Any, most: float, view: View) -> Tile:
    share = max(row.net_sales, 0.0) / most if most > 0 else 0.0
    hover = (
        f"<b>{LifecycleStage(row.stage).label}, {CLASSES[row.sales_class]}</b>: {plural(row.products, 'product')}<br>"
        f"net sales {money(row.net_sales, view.currency)}"
    )
    margin = f"<br>gross margin {money(row.gross_margin, view.currency)}" if pd.notna(row.gross_margin) else ""
    words = f"{number(row.products)}<br>{compact(round(row.net_sales))}"
    return Tile(words, hover + margin, STEPS[min(int(share * len(STEPS)), len(STEPS) - 1)])


def _summary(frame: pd.DataFrame, view: View) -> str:
    total, by_stage = float(frame["net_sales"].sum()), frame.groupby("stage")["net_sales"].sum()
    falling = float(by_stage.reindex(["decline", "dormant", "discontinued"]).sum())
    best = LifecycleStage(str(by_stage.idxmax()))
    return (
        f"{plural(int(frame['products'].sum()), 'product')} brought {money(total, view.currency)}. The largest "
        f"part, {percent(float(by_stage.max()) / total if total else None)}, comes from products in the stage "
        f"“{best.label}”; {percent(falling / total if total else None)} from products that decline or are silent."
    )


def _table(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Share of sales": frame["sales_class"].map(CLASSES),
            "Stage": [LifecycleStage(stage).label for stage in frame["stage"]],
            "Products": frame["products"].astype(int),
            "Net sales": frame["net_sales"].round(2),
            "Gross margin": frame["gross_margin"].round(2),
        }
    )


CHART = ChartSpec(
    name="product_stage_map",
    title="Stages by net sales",
    unit="Number of products and their net sales, all observed days",
    definition="Products ordered by net sales: A carries the first 80 % of the total, B the next 15 %, C the rest. "
    "The stage is the one of the last whole month. Darker fields hold more net sales. This is past money; nothing is "
    "predicted.",
    query="product_stage_map",
    build=build,
    nobody="Its fields count products; the page of each leads to its buyers.",
    height=340,
)
