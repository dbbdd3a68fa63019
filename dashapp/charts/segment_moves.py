"""From which segment to which: the movement of customers between two days, with the new, the lost, the returned."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, View, nothing
from dashapp.charts.kit.cohorts import even_steps
from dashapp.charts.kit.figures import Trace, figure
from dashapp.charts.kit.formats import day, known, number, percent
from dashapp.charts.kit.marks import marked, meeting
from dashapp.domain.rule_fields import IS
from dashapp.domain.vocabulary import SEGMENTS

LAPSED, NEW = "Lapsed", "Not yet a customer"
FROM, TO = (NEW, *SEGMENTS, LAPSED), (*SEGMENTS, LAPSED)


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: as_of, until, from_segment, to_segment, customers; one row a pair that occurs."""
    if frame.empty:
        text = "No customer of this view, or no segments that old to compare with."
        return nothing(text, "Choose a comparison period whose end was observed, up to 24 months ago.", "insufficient")
    counts = frame.pivot(index="from_segment", columns="to_segment", values="customers").fillna(0).astype(int)
    rows, columns = ([name for name in names if name in found] for names, found in
                     ((FROM, counts.index), (TO, counts.columns)))  # fmt: skip
    counts = counts.loc[rows, columns]
    numbers = _numbers(frame).reindex(index=rows, columns=columns)
    drawn = figure(
        [marked(_heat(counts), [[int(one) if known(one) else None for one in row] for row in numbers.to_numpy()])],
        xaxis={"side": "top", "type": "category", "tickangle": -45,
               "tickmode": "array", "tickvals": columns,
               "fixedrange": True, "ticks": "",
               "tickfont": {"size": 11}},
        yaxis={"type": "category", "range": [len(rows) - 0.5, -0.5], "fixedrange": True, "showgrid": False, "ticks": "",
               "tickmode": "array", "tickvals": rows, "tickfont": {"size": 11},
               "ticktext": [f"{name} · {number(total)}" for name, total in counts.sum(axis=1).items()]},
        margin={"l": 158, "r": 24, "t": 92, "b": 8, "autoexpand": False},
    )  # fmt: skip
    marks = tuple(_mark(row, view) for row in frame.itertuples())
    return Chart(drawn, _summary(frame), _table(frame), marks=marks)


def _heat(counts: pd.DataFrame) -> Trace:
    """counts: customers, from segments by to segments; coloured by the share of the row."""
    shares = counts.div(counts.sum(axis=1), axis=0)
    return {
        "type": "heatmap",
        "name": "Customers",
        "x": list(counts.columns),
        "y": list(counts.index),
        "z": shares.round(4).to_numpy().tolist(),
        "text": [[f"{100 * share:.0f}" if share else "" for share in row] for row in shares.to_numpy()],
        "customdata": counts.to_numpy().tolist(),
        "texttemplate": "%{text}",
        "textfont": {"size": 10},
        "hovertemplate": "%{y} to %{x}: %{z:.1%}<br>n = %{customdata} customers<extra></extra>",
        "colorscale": even_steps(),
        "zmin": 0,
        "zmax": 1,
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
    }


def _numbers(frame: pd.DataFrame) -> pd.DataFrame:
    """The row of each pair that occurs, from segments by to segments."""
    return frame.assign(row=range(len(frame))).pivot(index="from_segment", columns="to_segment", values="row")


def _mark(row: Any, view: View) -> dict[str, str] | None:
    """Who made this move; None where no rule says it, as within a fixed list."""
    moments = ((row.as_of, row.from_segment), (row.until, row.to_segment))
    was = [("segment_on", IS, (f"{day:%Y-%m-%d} {segment}",)) for day, segment in moments]
    return meeting(*was, saved=view.filters.saved)


def _summary(frame: pd.DataFrame) -> str:
    before, after = frame["from_segment"], frame["to_segment"]
    present = frame[~before.isin([LAPSED, NEW])]
    lost = int(present.loc[present["to_segment"] == LAPSED, "customers"].sum())
    stayed = int(present.loc[present["from_segment"] == present["to_segment"], "customers"].sum())
    back = int(frame.loc[(before == LAPSED) & (after != LAPSED), "customers"].sum())
    new = int(frame.loc[before == NEW, "customers"].sum())
    active = int(present["customers"].sum())
    return (
        f"Of {number(active)} customers who were not lapsed on {day(frame['as_of'].iloc[0])}, "
        f"{percent(stayed / active if active else None)} are in the same segment on {day(frame['until'].iloc[0])} and "
        f"{percent(lost / active if active else None)} ({number(lost)}) were lost; {number(back)} lapsed customers "
        f"were reactivated and {number(new)} are new. Each row adds up to {percent(1, 0)}."
    )


def _table(frame: pd.DataFrame) -> pd.DataFrame:
    total = frame.groupby("from_segment")["customers"].transform("sum")
    return pd.DataFrame(
        {
            "From": frame["from_segment"],
            "To": frame["to_segment"],
            "Customers": frame["customers"].astype(int),
            "Share of row": (frame["customers"] / total).astype(float).round(4),
            "Movement": [_kind(str(row.from_segment), str(row.to_segment)) for row in frame.itertuples()],
        }
    ).reset_index(drop=True)


def _kind(before: str, after: str) -> str:
    if before == NEW:
        return "new"
    if before == after:
        return "stayed"
    return "lost" if after == LAPSED else "reactivated" if before == LAPSED else "moved"


CHART = ChartSpec(
    name="segment_moves",
    title="Movement between segments",
    unit="% of the row; rows are the segment on the earlier day, columns on the later",
    definition="The segment on the earlier day (without a choice the month end at or before the end of the comparison) "
    "against the segment on the later day, by the same rules. Lapsed is no purchase for twice the usual gap: customers "
    "who entered it were lost, customers who left it were reactivated. Each row adds up to 100 %.",
    query="segment_moves",
    build=build,
    parameters={"from_day": None, "to_day": None},
    height=480,
)
