"""One product's list price and cost with the days they were valid, and what was earned at them."""

from __future__ import annotations

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, Figure, View, nothing
from dashapp.charts.kit import figures
from dashapp.charts.kit.formats import amount, day, known, money, percent, plural
from dashapp.charts.kit.marks import did, marked, meeting
from dashapp.domain.ranges import Period


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: the answer of store/queries/product_prices.sql."""
    if frame.empty or not (frame["price_periods"].iloc[0] or frame["cost_periods"].iloc[0]):
        return nothing(
            "No prices and no costs with dates are loaded for this product.",
            "Load a price list or a cost list with valid_from (and valid_to) under Import.", "unavailable",
        )  # fmt: skip
    money_columns = ["unit_price", "unit_cost", "net_sales", "at_list", "gross_margin"]
    frame = frame.astype(dict.fromkeys(money_columns, float))
    frame = frame.assign(valid_from=pd.to_datetime(frame["valid_from"]), valid_to=pd.to_datetime(frame["valid_to"]))
    return Chart(_figure(frame, view), _summary(frame, view), _table(frame), marks=_marks(frame, view))


def _figure(frame: pd.DataFrame, view: View) -> Figure:
    end = pd.Timestamp(view.observed_until)
    starts = [f"{value:%Y-%m-%d}" for value in frame["valid_from"]]
    last = f"{max(min(frame['valid_to'].fillna(end).iloc[-1], end), frame['valid_from'].iloc[-1]):%Y-%m-%d}"
    rows = [*reversed(range(len(frame))), 0]
    traces = [
        figures.line(name, [*starts, last], [*frame[column], frame[column].iloc[-1]], connectgaps=False,
                     hovertemplate=f"%{{y:,.2f}} {view.currency}") | {"line": {"width": 2.5, "shape": "hv"}}
        for name, column in (("List price", "unit_price"), ("Unit cost", "unit_cost"))
        if frame[column].notna().any()
    ]  # fmt: skip
    return figures.figure(
        [marked(trace, rows) for trace in traces], showlegend=True, legend=figures.legend_above(),
        margin=figures.MARGIN | {"t": 36}, hovermode="x unified",
        xaxis={"type": "date", "hoverformat": "%-d %b %Y", "fixedrange": True},
        yaxis={"title": {"text": view.currency, "standoff": 6}, "rangemode": "tozero", "fixedrange": True},
    )  # fmt: skip


def _marks(frame: pd.DataFrame, view: View) -> tuple[dict[str, str] | None, ...]:
    """Who bought it in each stretch, the newest first, as in the table; nobody yet in one that has not begun."""
    ends = frame["valid_to"].fillna(pd.Timestamp(view.observed_until))
    stretches = [Period(start.date(), end.date()) for start, end in zip(frame["valid_from"], ends, strict=True)]
    product = str(frame["product_id"].iloc[0])
    return tuple(meeting(did("product_in", days, product)) for days in reversed(stretches))


def _summary(frame: pd.DataFrame, view: View) -> str:
    last = frame.iloc[-1]
    price = f"{amount(last['unit_price'], view.currency)}" if known(last["unit_price"]) else "no list price"
    cost = f"{amount(last['unit_cost'], view.currency)} cost" if known(last["unit_cost"]) else "no cost"
    changes = int((frame["unit_price"].dropna().diff().fillna(0) != 0).sum())
    text = f"Valid now since {day(last['valid_from'])}: {price}, {cost}; {plural(changes, 'price change')} so far."
    sales, margin = frame["net_sales"].sum(), frame["gross_margin"].sum(min_count=1)
    if known(margin) and sales > 0:
        text += (
            f" At the costs valid at each sale {money(margin, view.currency)} of margin ({percent(margin / sales)})."
        )
    return text


def _table(frame: pd.DataFrame) -> pd.DataFrame:
    pieces = frame["units"].where(frame["units"] > 0)
    return pd.DataFrame(
        {
            "Valid from": frame["valid_from"],
            "Valid to": [f"{value:%Y-%m-%d}" if pd.notna(value) else "still valid" for value in frame["valid_to"]],
            "List price": frame["unit_price"],
            "Unit cost": frame["unit_cost"],
            "Units": frame["units"].astype(float),
            "Net sales": frame["net_sales"].round(2),
            "Net sales a piece": (frame["net_sales"] / pieces).round(2),
            "Sold pieces at list price": frame["at_list"].round(2),
            "Gross margin": frame["gross_margin"].round(2),
            "Share of margin": (frame["gross_margin"] / frame["net_sales"].where(frame["net_sales"] > 0)).round(4),
        }
    ).iloc[::-1].reset_index(drop=True)  # fmt: skip


CHART = ChartSpec(
    name="product_prices",
    title="Prices and margin",
    unit="List price and unit cost by the days they were valid",
    definition="As delivered with first and last day. The table adds what was sold in each stretch: net sales as paid, "
    "the pieces sold at the list price of their day, and the gross margin with the cost valid on the day of each line. "
    "A stretch leads to who bought the product in it.",
    query="product_prices",
    build=build,
    height=280,
    parameters={"product_key": None},
)
