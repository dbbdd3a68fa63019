"""What an executive reads first: one sentence whose numbers are links to what they count, and four key figures.

Everything is about the last 28 days of the data, which are never unfinished, against the same days of the week 52 weeks
before.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashapp.charts.kit.svg import sparkline
from dashapp.domain.filters import Filters
from dashapp.domain.vocabulary import Compare
from dashapp.errors import SnapshotOutdated
from dashapp.services import charting, schedules
from dashapp.services.spared import Failure, spared
from dashapp.store.metrics import MetricValue, metric
from dashapp.store.schedules import Schedule
from dashapp.store.snapshot import Snapshot
from dashapp.web import format as fmt
from dashapp.web.components.basics import link
from dashapp.web.components.kpi import kpi_card, kpi_values
from dashapp.web.components.states import again

MONTH, MOVED = Filters(range="l28d"), Filters(range="l28d", compare=Compare.PREVIOUS_PERIOD)
FIGURES = ("net_sales", "active_customers", "new_customers", "average_order_value")
WORTH = ("residual_value", "value_at_risk")
BEST = ("Champions", "Loyal", "Active", "Promising")
WORSE = ("Needs attention", "Almost lost", "At risk", "Previously loyal", "Dormant", "Lapsed")
"Segments that a customer of the best ones should not be found in next month."


def measured(snapshot: Snapshot) -> dict[str, MetricValue]:
    """The key figures of this page: those of the last 28 days, and what the present customers are worth."""
    names = (*FIGURES, *WORTH)
    return dict(zip(names, charting.measure_all(names, snapshot, MONTH), strict=True))


def narrative(snapshot: Snapshot, values: dict[str, MetricValue]) -> Component:
    """The sentence."""
    parts = [*_sold(snapshot, values["net_sales"]), *_moved(snapshot), *_worth(snapshot, values)]
    return html.P(parts or f"Data to {fmt.day(snapshot.facts.observed_until)}.", className="narrative")


def _sold(snapshot: Snapshot, sold: MetricValue) -> list[Any]:
    if sold.value is None:
        return []
    facts, days = snapshot.facts, charting.view(snapshot, MONTH).period
    shop, place = facts.shop_name or "The shop", "/overview?range=l28d"
    amount = link(fmt.value_of(sold.value, "money", facts.currency), place)
    parts: list[Any] = [f"{shop} sold ", amount, f" in the {fmt.days(days.days)} to {fmt.day(days.end)}"]
    change = fmt.delta(sold.value, sold.previous)
    if change != fmt.NOTHING:
        parts += [", ", link(change, place), " on the same weeks a year before"]
    return [*parts, ". "]


def _moved(snapshot: Snapshot) -> list[Any]:
    """The largest move from a good segment into a worse one since the month end 28 days ago or more."""
    try:
        moves = snapshot.frame("segment_moves", MOVED, from_day=None, to_day=None)
    except SnapshotOutdated:
        return []
    bad = moves[moves["from_segment"].isin(BEST) & moves["to_segment"].isin(WORSE)]
    if bad.empty:
        return []
    most = bad.sort_values("customers").to_dict("records")[-1]
    place = "/segments?tab=movement&range=l28d&compare=previous_period"
    since = fmt.day(pd.Timestamp(most["as_of"]).date())
    became = "lapsed" if most["to_segment"] == "Lapsed" else f"became {most['to_segment']}"
    return [link(f"{fmt.number(most['customers'])} {most['from_segment']}", place), f" {became} since {since}. "]


def _worth(snapshot: Snapshot, values: dict[str, MetricValue]) -> list[Any]:
    worth, risk = (values[name] for name in WORTH)
    if worth.value is None or risk.value is None:
        return []
    money = [fmt.value_of(figure.value, "money", snapshot.facts.currency) for figure in (worth, risk)]
    return [
        f"The {metric(WORTH[0]).label.lower()}, what the present customers are predicted to bring in the next "
        f"{snapshot.facts.horizon_days} days, is ",
        link(money[0], "/overview"),
        "; ",
        link(money[1], "/customers?sort=-value_at_risk"),
        " more is at risk: what those who may not buy again would bring.",
    ]


def figures(snapshot: Snapshot, values: dict[str, MetricValue]) -> list[Component]:
    """Four cards: the value of the last 28 days, its change, and the 13 times 28 days up to now."""
    pairs = [(metric(name), values[name]) for name in FIGURES]
    words = "vs 52 weeks before" if charting.view(snapshot, MONTH).comparison else ""
    bodies = kpi_values(pairs, snapshot.facts.currency, words)
    lines = _lines(snapshot)
    return [
        kpi_card(f"home-{name}", metric(name), body=[*body, *lines.get(name, ())])
        if values[name].value is not None
        else kpi_card(f"home-{name}", metric(name), body=body)
        for name, body in zip(FIGURES, bodies, strict=True)
    ]


def _lines(snapshot: Snapshot) -> dict[str, list[Component]]:
    """The course of each figure; where it cannot be read, the words for it."""
    blocks = spared("recent_blocks", lambda: snapshot.frame("recent_blocks"), lambda failure: failure)
    if isinstance(blocks, Failure):
        retry = [again()] if blocks.kind == "error" else []
        return {name: [html.P(f"Its course: {blocks.text}", className="kpi-reason"), *retry] for name in FIGURES}
    return {name: _line(blocks, name, snapshot.facts.currency) for name in FIGURES}


def _line(blocks: pd.DataFrame, name: str, currency: str) -> list[Component]:
    values = [] if blocks.empty else [None if pd.isna(value) else float(value) for value in blocks[name]]
    source = sparkline(values)
    if not source:
        return []
    known = [value for value in values if value is not None]
    low, high, last = (
        fmt.value_of(value, metric(name).unit, currency) for value in (min(known), max(known), known[-1])
    )
    words = f"The last {len(values)} times 28 days: between {low} and {high}, {last} in the latest."
    return [html.Img(src=source, alt=words, title=words, className="sparkline")]


def coming(planned: tuple[Schedule, ...], now: datetime) -> Component:
    """When the numbers will be newer; how old they are stands at the top of every page."""
    upcoming = next_refresh(planned, now)
    return html.P(f"Next refresh {upcoming}." if upcoming else "No refresh is scheduled.", className="coming")


def next_refresh(planned: tuple[Schedule, ...], now: datetime) -> str:
    """The first time that a schedule asks for a refresh, in its own zone; "" where none does."""
    waiting = [one for one in planned if one.kind == "refresh" and one.paused_at is None]
    found = [(at, one.timezone) for one in waiting for at in schedules.times(one.cron, one.timezone, now, 1)]
    if not found:
        return ""
    at, zone = min(found)
    day = "today" if at.date() == _today(at, now) else f"{at:%a} {fmt.day(at.date())}"
    return f"{day} at {at:%H:%M} ({zone})"


def _today(at: datetime, now: datetime) -> date:
    return now.astimezone(at.tzinfo).date()
