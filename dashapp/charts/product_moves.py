"""How the stages of all products shift from quarter to quarter, and who moved from which to which."""

from __future__ import annotations

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, View, nothing
from dashapp.charts.kit.figures import bars, figure, legend_above
from dashapp.charts.kit.formats import number, percent
from dashapp.domain.vocabulary import LifecycleStage as Stage

GROUPS = {
    "Introduction": (Stage.INTRODUCTION,),
    "Growth": (Stage.GROWTH, Stage.REVIVED),
    "Maturity": (Stage.MATURITY, Stage.STEADY, Stage.SEASONAL),
    "Decline": (Stage.DECLINE,),
    "Silent": (Stage.DORMANT, Stage.DISCONTINUED),
    "Too early or new": (Stage.TOO_EARLY, Stage.NEW),
}
"Eleven stages in six colours; the table keeps all of them."
_GROUP = {stage.value: name for name, stages in GROUPS.items() for stage in stages}


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: quarter, month, previous_stage, stage, products; one row per pair of stages and quarter."""
    if frame.empty:
        return nothing("No whole month of sales is known yet.", "Stages need whole calendar months.", "insufficient")
    counts = frame.assign(group=frame["stage"].map(_GROUP)).pivot_table(
        index="quarter", columns="group", values="products", aggfunc="sum", fill_value=0
    )
    quarters = [_quarter(value) for value in counts.index]
    traces = [bars(name, quarters, counts[name].tolist()) for name in GROUPS if name in counts]
    drawn = figure(
        traces, barmode="stack", showlegend=True, legend=legend_above() | {"traceorder": "normal"},
        xaxis={"type": "category"}, yaxis={"title": {"text": "Products"}, "rangemode": "tozero"},
        margin={"l": 56, "r": 12, "t": 76, "b": 32, "autoexpand": False},
    )  # fmt: skip
    return Chart(drawn, _summary(frame), _table(frame))


def _quarter(value: object) -> str:
    when = pd.Timestamp(value)  # type: ignore[arg-type]
    return f"Q{when.quarter} {when.year}"


def _summary(frame: pd.DataFrame) -> str:
    last = frame[frame["quarter"] == frame["quarter"].max()]
    known = last[last["previous_stage"].notna()]
    moved = known[known["previous_stage"] != known["stage"]]
    start = f"In {_quarter(frame['quarter'].max())}, as of the end of {pd.Timestamp(last['month'].max()):%B %Y}, "
    if moved.empty:
        return f"{start}no product changed its stage."
    often = moved.loc[moved["products"].idxmax()]
    total = int(known["products"].sum())
    return (
        f"{start}{number(moved['products'].sum())} of {number(total)} products "
        f"({percent(moved['products'].sum() / total)}) had changed stage within a quarter, most often from "
        f"{Stage(often['previous_stage']).label.lower()} to {Stage(often['stage']).label.lower()} "
        f"({number(often['products'])})."
    )


def _table(frame: pd.DataFrame) -> pd.DataFrame:
    before = [Stage(stage).label if isinstance(stage, str) else "Not on sale" for stage in frame["previous_stage"]]
    return pd.DataFrame(
        {
            "Quarter": [_quarter(value) for value in frame["quarter"]],
            "From": before,
            "To": [Stage(stage).label for stage in frame["stage"]],
            "Products": frame["products"].astype(int),
        }
    ).iloc[::-1].reset_index(drop=True)  # fmt: skip


CHART = ChartSpec(
    name="product_moves",
    title="Stages by quarter",
    unit="Products in each stage at the end of the quarter; the table says from which to which they moved",
    definition="The stage as it was known at the end of the last whole month of each quarter, judged with the data up "
    "to then. Growth counts revived products, Maturity steady and seasonal ones, Silent dormant and discontinued "
    "ones. A stage changes only after two months in a row agree, by trend three; a month not over changes none.",
    query="product_moves",
    build=build,
    nobody="Its bars are products; the page of each leads to its buyers.",
    height=340,
)
