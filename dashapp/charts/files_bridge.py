"""From the money in the files to the money of the lines that count."""

from __future__ import annotations

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, View, nothing
from dashapp.charts.kit import chain
from dashapp.charts.kit.bridges import bridge
from dashapp.charts.kit.formats import money, number

SECTIONS = ("files", "replaced", "rounding")
ENDS = ("files", "booked")


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: the answer of store/queries/reconciliation.sql."""
    if frame.empty or not chain.part(frame, "files", "files")["lines"]:
        return nothing("This snapshot names no files with order lines.", "Refresh the data.")
    files, booked = chain.part(frame, "files", "files"), chain.part(frame, "rounding", "booked")
    figure = bridge(chain.bars(frame, SECTIONS, ENDS), view)
    summary = (
        f"{number(files['lines'])} lines with {money(files['amount'], view.currency)} in the files became "
        f"{number(booked['lines'])} lines with {money(booked['amount'], view.currency)} that count. "
        f"{chain.closing(frame[frame['section'].isin(SECTIONS)], view.currency)}"
    )
    return Chart(figure, summary, chain.table(frame, SECTIONS))


CHART = ChartSpec(
    name="files_bridge",
    title="From the files to the lines that count",
    unit="Quantity × price of order lines, whole snapshot",
    definition="Every line of the files with orders: header, blank, rejected, left out by a rule of the source, read "
    "again by a replay, replaced by a later delivery, rounded to cents. Each total is stated by another table than the "
    "steps before it; what they do not explain is shown as not accounted for. Filters do not apply.",
    query="reconciliation",
    build=build,
    nobody="Its steps are rows of the delivered files.",
    height=320,
)
