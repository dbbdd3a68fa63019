"""How far one product has spread: its buyers so far, the curve behind them, and their share of all customers."""

from __future__ import annotations

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, Figure, View, nothing
from dashapp.charts.kit import figures
from dashapp.charts.kit.figures import Trace
from dashapp.charts.kit.formats import number, percent
from dashapp.charts.kit.grain import of_month
from dashapp.charts.kit.marks import did, marked, meeting
from dashapp.domain.ranges import Period


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: the answer of store/queries/product_adoption.sql."""
    if frame.empty:
        text = "No identified customer bought this product."
        return nothing(text, "Adoption needs sales with a customer.", "unavailable")
    frame = frame.assign(month=pd.to_datetime(frame["month"]), is_whole=frame["is_whole"].astype(bool))
    frame["penetration"] = frame["buyers_so_far"] / frame["customers_so_far"]
    return Chart(_figure(frame), _summary(frame), _table(frame), marks=_marks(frame), newest_first=True)


def _figure(frame: pd.DataFrame) -> Figure:
    months = [f"{month:%Y-%m-%d}" for month in frame["month"]]
    newest_first = list(reversed(range(len(frame))))
    buyers = figures.line("Buyers so far", months, frame["buyers_so_far"], hovertemplate="%{y:,.0f}",
                          mode="lines+markers")  # fmt: skip
    share = figures.line("Share of customers", months, frame["penetration"].round(4), yaxis="y2",
                         hovertemplate="%{y:.1%}", mode="lines+markers")  # fmt: skip
    traces = [marked(buyers, newest_first), *_curve(frame), marked(share, newest_first)]
    return figures.figure(
        traces, showlegend=True, legend=figures.legend_above() | {"traceorder": "normal"}, hovermode="x unified",
        margin=figures.MARGIN | {"t": 36},
        xaxis={"type": "date", "hoverformat": "%b %Y", "fixedrange": True, "anchor": "y2"},
        yaxis={"title": {"text": "Buyers", "standoff": 6}, "domain": [0.45, 1], "rangemode": "tozero", "nticks": 4,
               "fixedrange": True},
        yaxis2={"tickformat": ".2~%", "domain": [0, 0.37], "rangemode": "tozero", "nticks": 4, "fixedrange": True},
    )  # fmt: skip


def _marks(frame: pd.DataFrame) -> tuple[dict[str, str] | None, ...]:
    """Who had bought it by the end of each month, the newest first, as in the table."""
    product, first = str(frame["product_id"].iloc[0]), frame["month"].min().date()
    spans = [Period(first, of_month(month.date()).end) for month in reversed(frame["month"])]
    return tuple(meeting(did("product_in", span, product)) for span in spans)


def _curve(frame: pd.DataFrame) -> list[Trace]:
    """The fitted curve added up, from what was bought before its first month on."""
    curve = frame[frame["expected"].notna()]
    if curve.empty:
        return []
    before = int(curve["buyers_so_far"].iloc[0] - curve["new_buyers"].iloc[0])
    months = [f"{month:%Y-%m-%d}" for month in curve["month"]]
    line = figures.comparison_line("By the fitted curve", months, (before + curve["expected"].cumsum()).round(1))
    return [line | {"hovertemplate": "%{y:,.0f}"}]


def _summary(frame: pd.DataFrame) -> str:
    last = frame.iloc[-1]
    text = (
        f"{number(last['buyers_so_far'])} of {number(last['customers_so_far'])} customers have bought it, "
        f"{percent(last['penetration'])}, since {frame['month'].iloc[0]:%B %Y}."
    )
    if len(frame) < 13:
        return text
    gained = int(last["buyers_so_far"] - frame["buyers_so_far"].iloc[-13])
    return f"{text} {number(gained)} of them took it up in the last twelve months."


def _table(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Month": [f"{month:%b %Y}" for month in frame["month"]],
            "First-time buyers": frame["new_buyers"].astype(int),
            "Curve": frame["expected"].astype(float).round(1),
            "Buyers so far": frame["buyers_so_far"].astype(int),
            "Customers so far": frame["customers_so_far"].astype(int),
            "Share of customers": frame["penetration"].astype(float).round(4),
        }
    ).iloc[::-1].reset_index(drop=True)  # fmt: skip


CHART = ChartSpec(
    name="product_adoption",
    title="Adoption",
    unit="Customers who have bought it so far, and their share of all customers so far",
    definition="Identified customers, counted once at their first purchase of the product. The dotted line adds up "
    "the fitted curve of first-time buyers where there is one. The share falls when more new customers join the shop "
    "than take the product up.",
    query="product_adoption",
    build=build,
    height=320,
    parameters={"product_key": None},
)
