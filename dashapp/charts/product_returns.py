"""How much of one product came back, month by month."""

from __future__ import annotations

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, Figure, View, nothing
from dashapp.charts.kit import figures
from dashapp.charts.kit.formats import money, number, percent
from dashapp.charts.kit.grain import of_month
from dashapp.charts.kit.marks import did, marked, meeting


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: month, is_whole, units_sold, units_returned, refunded; one row per month with a line of it."""
    if frame.empty:
        return nothing("This product was never sold.", "Returns are counted against sales.")
    frame = frame.assign(month=pd.to_datetime(frame["month"]), refunded=frame["refunded"].astype(float))
    if not frame["units_returned"].sum():
        return nothing(f"None of the {number(frame['units_sold'].sum())} pieces sold came back.")
    months = pd.date_range(frame["month"].min(), frame["month"].max(), freq="MS")
    product = str(frame["product_id"].iloc[0])
    frame = frame.set_index("month").reindex(months).rename_axis("month").reset_index()
    frame["is_whole"] = frame["is_whole"].fillna(value=True).astype(bool)
    counts = ["units_sold", "units_returned", "refunded"]
    frame[counts] = frame[counts].fillna(0.0)
    return Chart(_figure(frame), _summary(frame, view), _table(frame), marks=_marks(frame, product), newest_first=True)


def _figure(frame: pd.DataFrame) -> Figure:
    hatched = figures.hatched([not whole for whole in frame["is_whole"]])
    newest_first = list(reversed(range(len(frame))))
    sold, back = [
        figures.bars(name, [f"{month:%Y-%m-%d}" for month in frame["month"]], values, marker=hatched,
                     hovertemplate="%{y:,.0f}")
        for name, values in (("Sold", frame["units_sold"]), ("Came back", -frame["units_returned"]))
    ]  # fmt: skip
    return figures.figure(
        [marked(sold, [len(frame) + row for row in newest_first]), marked(back, newest_first)],
        barmode="relative", showlegend=True, legend=figures.legend_above(), hovermode="x unified",
        margin=figures.MARGIN | {"t": 36}, xaxis={"type": "date", "hoverformat": "%b %Y", "fixedrange": True},
        yaxis={"title": {"text": "Pieces", "standoff": 6}, "fixedrange": True},
    )  # fmt: skip


def _marks(frame: pd.DataFrame, product: str) -> tuple[dict[str, str] | None, ...]:
    """Who returned it in each month, the newest first, as in the table; then who bought it in the month."""
    months = [of_month(month.date()) for month in reversed(frame["month"])]
    return tuple(meeting(did(what, month, product)) for what in ("returned_in", "product_in") for month in months)


def _summary(frame: pd.DataFrame, view: View) -> str:
    sold, back = frame["units_sold"].sum(), frame["units_returned"].sum()
    worst = frame.sort_values("units_returned").iloc[-1]
    rate = f" ({percent(back / sold)})" if sold else ""
    return (
        f"{number(back)} of {number(sold)} pieces came back{rate}, {money(frame['refunded'].sum(), view.currency)} "
        f"refunded; most in {worst['month']:%B %Y} ({number(worst['units_returned'])})."
    )


def _table(frame: pd.DataFrame) -> pd.DataFrame:
    share = frame["units_returned"] / frame["units_sold"].where(frame["units_sold"] > 0)
    return pd.DataFrame(
        {
            "Month": [f"{month:%b %Y}" for month in frame["month"]],
            "Sold": frame["units_sold"],
            "Came back": frame["units_returned"],
            "Share of the month's pieces": share.astype(float).round(4),
            "Refunded": frame["refunded"].round(2),
        }
    ).iloc[::-1].reset_index(drop=True)  # fmt: skip


CHART = ChartSpec(
    name="product_returns",
    title="Returns by month",
    unit="Pieces sold, and below zero those that came back, by the month they came back",
    definition="Goods back for money, in the month of the return. A return may be of a sale months before, so a "
    "month's share may exceed its own sales. A row leads to who returned the product in its month.",
    query="product_returns",
    build=build,
    height=280,
    parameters={"product_key": None},
)
