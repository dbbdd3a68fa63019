"""The forecast of the present customers' sales by part: stacked months, and how right each part was before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, Figure, View, nothing
from dashapp.charts.kit import figures
from dashapp.charts.kit.formats import day, known, money, number, percent, plural
from dashapp.charts.kit.grain import Grain, label
from dashapp.charts.kit.marks import customers, marked
from dashapp.domain.parts import LEAST_CUSTOMERS, OTHERS

DEFINITION = (
    "Predicted net sales of the customers of today in the whole months ahead, undiscounted, by the {part} of their "
    "first purchase; at most five by name, the others together. The parts add up to what is drawn ahead on Sales over "
    "time; new customers are not in it. Error in earlier windows: at each cut-off of the backtest, predicted over "
    "actual value of the part's customers over the horizon, less 1; shown from {least} customers on."
)


@dataclass(frozen=True)
class Part:
    """The forecast of one part, month by month, and its error at each earlier cut-off."""

    name: str
    customers: int
    sales: tuple[float, ...]
    cut_offs: tuple[date, ...]
    errors: tuple[float | None, ...]
    tested: int | None

    @property
    def total(self) -> float:
        return sum(self.sales)

    @property
    def why_not(self) -> str:
        """Why no error is shown; empty where there is one."""
        if self.tested is None:
            return "No earlier window to judge by."
        if self.tested < LEAST_CUSTOMERS:
            return f"Only {plural(self.tested, 'customer')} at a cut-off; {LEAST_CUSTOMERS} are needed."
        return "Nothing came in one of the windows." if any(error is None for error in self.errors) else ""

    @property
    def judged(self) -> str:
        """The error at every cut-off, or why none is shown."""
        pairs = zip(self.cut_offs, self.errors, strict=True)
        return self.why_not or ", ".join(f"{_signed(error or 0.0)} ({day(cut_off)})" for cut_off, error in pairs)

    @property
    def mean_error(self) -> float:
        return fmean(error or 0.0 for error in self.errors)


def chart(part: str) -> ChartSpec:
    """The chart of the parts by channel or country of the first purchase."""
    return ChartSpec(
        name=f"forecast_by_{part}",
        title=f"Sales ahead by {part}",
        unit="Predicted sales of the customers of today, whole months",
        definition=DEFINITION.format(part=part, least=LEAST_CUSTOMERS),
        query="sales_forecast_parts",
        build=_by(part),
        is_predicted=True,
        height=340,
        parameters={"kind": part},
    )


def _by(part: str) -> Callable[[pd.DataFrame, View], Chart]:
    """`build` of the chart that splits by `part`, in the words of a reader."""

    def build(frame: pd.DataFrame, view: View) -> Chart:
        """frame: the answer of `sales_forecast_parts`."""
        if frame.empty:
            needed = "It needs a fitted model and a whole month within the horizon."
            return nothing("There is no forecast by month.", needed, "insufficient")
        if frame["name"].nunique() < 2:
            only = f"Every customer has the same {part} ({frame.iloc[0]['name']}), so there is nothing to split."
            return nothing(only, f"Load orders that name their {part}.", "unavailable")
        months = [pd.Timestamp(month).date() for month in frame["month"].drop_duplicates()]
        found = [_part(rows) for _, rows in frame.groupby("name", sort=False)]
        marks = (*(_mark(part, each) for each in found), customers(("clv", 0, None)))
        return Chart(_figure(months, found, view), _summary(months, found, view), _table(months, found), marks=marks)

    return build


def _mark(part: str, found: Part) -> dict[str, str] | None:
    """Its customers; of the small ones together nobody in particular."""
    return None if found.name == OTHERS else customers(("clv", 0, None), **{part: found.name})


def _part(rows: pd.DataFrame) -> Part:
    first = rows.iloc[0]
    tested = None if pd.isna(first["tested"]) else int(first["tested"])
    cut_offs = tuple(pd.Timestamp(each).date() for each in first["cut_offs"]) if tested else ()
    errors = tuple(float(each) if known(each) else None for each in first["errors"]) if tested else ()
    return Part(
        str(first["name"]), int(first["customers"]), tuple(rows["sales"].astype(float)), cut_offs, errors, tested
    )


def _figure(months: Sequence[date], parts: Sequence[Part], view: View) -> Figure:
    x = [month.isoformat() for month in months]
    hover = f"%{{y:,.0f}} {view.currency}"
    bars = [figures.bars(part.name, x, [round(each, 2) for each in part.sales], hovertemplate=hover) for part in parts]
    return figures.figure(
        [marked(bar, [place] * len(x)) for place, bar in enumerate(bars)],
        barmode="relative",
        hovermode="x unified",
        showlegend=True,
        legend=figures.legend_above(),
        margin=figures.MARGIN | {"t": 56},
        xaxis={"type": "date", "hoverformat": "%b %Y", "fixedrange": True},
        yaxis=figures.money_axis(view) | {"fixedrange": True},
    )


def _table(months: Sequence[date], parts: Sequence[Part]) -> pd.DataFrame:
    """A row per part and one for all; months as on Sales over time."""
    sums = tuple(map(sum, zip(*(part.sales for part in parts), strict=True)))
    rows = [(part.name, part.customers, *part.sales, part.total, part.judged) for part in parts]
    rows.append(("All", sum(part.customers for part in parts), *sums, sum(sums), "On Trust, for the whole base"))
    named = [label(month, Grain.MONTH) for month in months]
    return pd.DataFrame(rows, columns=["Part", "Customers", *named, "All months", "Error in earlier windows"]).round(2)


def _summary(months: Sequence[date], parts: Sequence[Part], view: View) -> str:
    total, largest = sum(part.total for part in parts), max(parts, key=lambda part: part.total)
    text = (
        f"The customers of today are predicted to buy for {money(total, view.currency)} in the next "
        f"{plural(len(months), 'whole month')}; {largest.name} brings the largest part "
        f"({percent(largest.total / total if total else None)})."
    )
    judged = [part for part in parts if not part.why_not]
    if not judged:
        return f"{text} No part can be judged by earlier windows. {largest.name}: {largest.why_not}"
    worst = max(judged, key=lambda part: abs(part.mean_error))
    few = len(parts) - len(judged)
    rest = f" {number(few)} of {number(len(parts))} parts cannot be judged; the table says why." if few else ""
    return f"{text} In earlier windows the mean error was largest for {worst.name} ({_signed(worst.mean_error)}).{rest}"


def _signed(share: float) -> str:
    """
    >>> _signed(0.05), _signed(-0.05)
    ('+5.0\\xa0%', '−5.0\\xa0%')
    """
    return ("+" if share > 0 else "") + percent(share)
