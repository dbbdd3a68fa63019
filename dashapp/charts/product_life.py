"""One product's months against the curve that was fitted to them, with the stages of the curve shaded."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, Figure, View, nothing
from dashapp.charts.kit import figures
from dashapp.charts.kit.figures import Trace
from dashapp.charts.kit.formats import day, known, number, percent, plural
from dashapp.charts.kit.grain import of_month
from dashapp.charts.kit.marks import did, marked, meeting
from dashapp.domain.ranges import Period
from dashapp.domain.vocabulary import LifecycleStage as Stage

PHASES = (Stage.INTRODUCTION, Stage.GROWTH, Stage.MATURITY, Stage.DECLINE)
SHADES = ("82, 150, 216", "65, 131, 100", "155, 99, 138", "222, 111, 16")
"Red, green and blue of each phase; light enough to read on in both appearances."
SHADE = "rgba({}, 0.16)"
KEY = "rgba({}, 0.55)"
EDGES = ("growth_from", "peak_on", "decline_from")


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: the answer of store/queries/product_life.sql."""
    if frame.empty:
        return nothing("This product was never sold.", "Its life begins with the first sale.")
    frame = frame.assign(month=pd.to_datetime(frame["month"]), is_whole=frame["is_whole"].astype(bool))
    if not frame["is_whole"].any():
        text = "Sold in no whole month yet; a month that is not over says nothing about a life."
        return nothing(text, "Load more days.", "insufficient")
    return Chart(_figure(frame, view), _summary(frame, view), _table(frame), marks=_marks(frame), newest_first=True)


def _figure(frame: pd.DataFrame, view: View) -> Figure:
    curve = frame[frame["expected"].notna()]
    counted = str(curve["counted"].iloc[0]) if len(curve) else ""
    both = counted == "new_buyers"
    newest_first = list(reversed(range(len(frame))))
    traces = [marked(_bars(frame, "units", "Units", "y"), newest_first)]
    if both:
        first_time = [len(frame) + row for row in newest_first]
        traces.append(marked(_bars(frame, "new_buyers", "First-time buyers", "y2"), first_time))
    if len(curve):
        traces.append(_curve(curve, "y2" if both else "y"))
    traces += _key(frame) if len(curve) else []
    axes: dict[str, Any] = {"yaxis": _axis("Units", [0.5, 1.0] if both else [0.0, 1.0])}
    if both:
        axes["yaxis2"] = _axis("First-time buyers", [0.0, 0.42])
    return figures.figure(
        traces, **axes, shapes=_bands(curve, view), showlegend=True, hovermode="x unified",
        legend=figures.legend_above() | {"traceorder": "normal"},
        xaxis={"type": "date", "hoverformat": "%b %Y", "fixedrange": True, "anchor": "y2" if both else "y",
               "range": _span(frame)},
        margin={"l": 56, "r": 12, "t": 60, "b": 32, "autoexpand": False},
    )  # fmt: skip


def _marks(frame: pd.DataFrame) -> tuple[dict[str, str] | None, ...]:
    """Who bought it in each month, the newest first, as in the table; then who bought it then for the first time."""
    months = [of_month(month.date()) for month in reversed(frame["month"])]
    product, first = str(frame["product_id"].iloc[0]), months[-1].start
    bought = [did("product_in", month, product) for month in months]
    before = [Period(first, month.start - timedelta(days=1)) for month in months[:-1]]
    never = [[did("product_in", days, product, never=True)] for days in before] + [[]]
    return (*map(meeting, bought), *(meeting(now, *earlier) for now, earlier in zip(bought, never, strict=True)))


def _axis(title: str, domain: list[float]) -> dict[str, Any]:
    return {"title": {"text": title, "standoff": 6}, "domain": domain, "fixedrange": True, "nticks": 4}


def _span(frame: pd.DataFrame) -> list[str]:
    """Half a month of air on either side, so that few months are bars and not a wall."""
    first, last = frame["month"].min(), frame["month"].max()
    air = pd.Timedelta(days=20)
    return [str((first - air).date()), str((last + air).date())]


def _bars(frame: pd.DataFrame, column: str, name: str, axis: str) -> Trace:
    partial = figures.hatched([not whole for whole in frame["is_whole"]])
    return figures.bars(
        name, [f"{month:%Y-%m-%d}" for month in frame["month"]], frame[column].astype(float), yaxis=axis,
        marker=partial, hovertemplate="%{y:,.0f}",
    )  # fmt: skip


def _curve(curve: pd.DataFrame, axis: str) -> Trace:
    name = f"{str(curve['family'].iloc[0]).capitalize()} curve"
    months = [f"{month:%Y-%m-%d}" for month in curve["month"]]
    return figures.line(name, months, curve["expected"].round(1), yaxis=axis, hovertemplate="%{y:,.1f}")


def _key(frame: pd.DataFrame) -> list[Trace]:
    """What the shades mean, with the probability of each phase today: marks without a place."""
    first = frame.iloc[0]
    words = [f"{phase.label} {percent(first[f'share_{phase}'], 0)}" for phase in PHASES]
    return [
        {"type": "scatter", "mode": "markers", "name": word, "x": [None], "y": [None], "hoverinfo": "skip",
         "marker": {"symbol": "square", "size": 12, "color": KEY.format(shade)}}
        for word, shade in zip(words, SHADES, strict=True)
    ]  # fmt: skip


def _bands(curve: pd.DataFrame, view: View) -> list[dict[str, Any]]:
    if curve.empty:
        return []
    edges = _edges(curve, view)
    return [
        {"type": "rect", "xref": "x", "yref": "paper", "x0": start.isoformat(), "x1": end.isoformat(), "y0": 0, "y1": 1,
         "fillcolor": SHADE.format(shade), "line": {"width": 0}, "layer": "below"}
        for shade, start, end in zip(SHADES, edges[:-1], edges[1:], strict=True)
        if start < end
    ]  # fmt: skip


def _edges(curve: pd.DataFrame, view: View) -> list[date]:
    """Where the phases begin, inside the months drawn; a date too far to tell lies behind the end."""
    first, last = curve["month"].min().date(), view.observed_until
    told = [pd.Timestamp(curve[edge].iloc[0]).date() if known(curve[edge].iloc[0]) else last for edge in EDGES]
    return [first, *(min(max(edge, first), last) for edge in told), last]


def _phase(frame: pd.DataFrame) -> list[str]:
    """The curve's phase in the middle of each month; nothing without a curve."""
    found = []
    for row in frame.itertuples():
        edges = [getattr(row, edge) for edge in EDGES]
        middle = pd.Timestamp(row.month) + pd.Timedelta(days=14)  # type: ignore[arg-type]
        passed = sum(known(edge) and middle >= pd.Timestamp(edge) for edge in edges)
        found.append(PHASES[passed].label if known(row.expected) else "")
    return found


def _table(frame: pd.DataFrame) -> pd.DataFrame:
    season = frame["season"].astype(float)
    return pd.DataFrame(
        {
            "Month": [f"{month:%b %Y}" for month in frame["month"]],
            "Whole month": ["yes" if whole else "no" for whole in frame["is_whole"]],
            "Units": frame["units"].astype(float),
            "Buyers": frame["buyers"].astype(int),
            "Units, season taken out": (frame["units"].astype(float) / season).round(1),
            "Season": season.round(2),
            "First-time buyers": frame["new_buyers"].astype(int),
            "Curve": frame["expected"].astype(float).round(1),
            "Phase of the curve": _phase(frame),
            "Counts in the curve": ["" if pd.isna(used) else "yes" if used else "no" for used in frame["is_used"]],
        }
    ).iloc[::-1].reset_index(drop=True)  # fmt: skip


def _summary(frame: pd.DataFrame, view: View) -> str:
    whole = frame[frame["is_whole"]]
    best = whole.sort_values("units").iloc[-1]
    text = (
        f"{number(frame['units'].sum())} units in {plural(len(frame), 'month')}, most in {best['month']:%B %Y} "
        f"({number(best['units'])})."
    )
    if len(whole) < len(frame):
        text += f" Hatched: {frame['month'].iloc[-1]:%B %Y} is not over and has no say in stage or curve."
    return f"{text} {_of_curve(frame, view)}"


def _of_curve(frame: pd.DataFrame, view: View) -> str:
    curve = frame[frame["expected"].notna()]
    if curve.empty:
        return "No curve says more of these months than a constant, so no phase is shaded."
    first = curve.iloc[0]
    what = "first-time buyers" if first["counted"] == "new_buyers" else "units"
    told = [(name, first[edge]) for name, edge in zip(("growth from", "peak", "decline from"), EDGES, strict=True)]
    when = ", ".join(f"{name} {_when(pd.Timestamp(value).date(), view)}" for name, value in told if known(value))
    chances = ", ".join(f"{phase.label.lower()} {percent(first[f'share_{phase}'], 0)}" for phase in PHASES)
    sure = f" Resampled, it stands today in {chances}." if known(first["share_growth"]) else ""
    return f"A {str(first['family']).capitalize()} curve of {what}: {when}.{sure}"


def _when(value: date, view: View) -> str:
    return f"{day(value)}{' (still ahead)' if value > view.observed_until else ''}"


CHART = ChartSpec(
    name="product_life",
    title="Life so far",
    unit="Units and first-time buyers per month, with the fitted curve and its phases",
    definition="A Bass or a Gompertz curve of first-time buyers (units where buyers are unknown), season included; "
    "its phases end at its inflections and its peak. The percentages are shares of resampled curves that put the "
    "product there at the end of the last month that is over. Months out of stock or before trade settled have no say. "
    "The stage of the list waits for months to agree, so it may lag behind the shade.",
    query="product_life",
    build=build,
    height=380,
    parameters={"product_key": None},
)
