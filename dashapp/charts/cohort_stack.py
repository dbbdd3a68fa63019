"""Sales by when the customers first bought: the whole base in one picture (C3, the fifth lens of the audit)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, Figure, View, nothing
from dashapp.charts.kit import figures
from dashapp.charts.kit.cohort_sales import Cohort, cohorts_of
from dashapp.charts.kit.formats import money, percent, plural
from dashapp.charts.kit.grain import Grain, bucket, buckets, is_partial, label, last_day
from dashapp.charts.kit.marks import customers, marked
from dashapp.domain.ranges import Period

MONTHLY_UP_TO_DAYS = 1100
"Three years of months; beyond that quarters."
RAMP = (
    "#3A5FCD", "#4A76DB", "#3F86C9", "#2F8FB0", "#2E9391", "#3C936C",
    "#6B8E3A", "#98812A", "#B9741F", "#D0651F", "#D9544A", "#C9507F",
)  # fmt: skip
"From the oldest to the newest cohort; each 3:1 or more on the light and on the dark surface."


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: the answer of store/queries/cohort_revenue.sql."""
    if frame.empty:
        return nothing("No customer with sales in this view.", "Remove a filter.")
    seen = Period(view.observed_from, view.observed_until)
    grain = Grain.MONTH if seen.days <= MONTHLY_UP_TO_DAYS else Grain.QUARTER
    wide, cohorts = _wide(frame, grain, seen)
    names = [cohort.name for cohort in cohorts]
    table = wide.round(2)
    table.columns = pd.Index(names)
    table[view.filters.basis.label] = table.sum(axis=1).round(2)
    table.insert(0, grain.value.capitalize(), [label(start, grain) for start in wide.index])
    return Chart(_figure(wide, cohorts, grain, seen, view), _summary(wide, cohorts, grain, seen, view),
                 table.reset_index(drop=True), marks=_marks(wide, cohorts, grain))  # fmt: skip


def _marks(wide: pd.DataFrame, cohorts: list[Cohort], grain: Grain) -> tuple[dict[str, str], ...]:
    """Who bought in each month or quarter, then who first bought in each cohort."""
    rows = (customers(("bought_on", start, last_day(start, grain))) for start in wide.index)
    return (*rows, *(customers(("first_order_date", cohort.first_day, cohort.last_day)) for cohort in cohorts))


def _wide(frame: pd.DataFrame, grain: Grain, seen: Period) -> tuple[pd.DataFrame, list[Cohort]]:
    quarters = pd.to_datetime(frame["cohort_quarter"]).dt.date
    cohorts = cohorts_of(sorted(set(quarters)))
    place = {quarter: number for number, cohort in enumerate(cohorts) for quarter in cohort.quarters}
    rows = pd.DataFrame(
        {
            "start": [bucket(month.date(), grain) for month in pd.to_datetime(frame["month"])],
            "cohort": quarters.map(place),
            "value": frame["value"].astype(float).fillna(0.0),
        }
    )
    wide = rows.pivot_table(index="start", columns="cohort", values="value", aggfunc="sum", fill_value=0.0)
    return wide.reindex(index=buckets(seen, grain), columns=range(len(cohorts)), fill_value=0.0), cohorts


def _figure(wide: pd.DataFrame, cohorts: list[Cohort], grain: Grain, seen: Period, view: View) -> Figure:
    x = [start.isoformat() for start in wide.index]
    # A legend takes the pattern of the first bar, so that one stays plain; the sentence names it.
    partial = [place > 0 and is_partial(start, seen, grain) for place, start in enumerate(wide.index)]
    step = (len(RAMP) - 1) / max(len(cohorts) - 1, 1)
    traces = []
    for place, cohort in enumerate(cohorts):
        color = RAMP[round(place * step)]
        marker: dict[str, Any] = figures.hatched(partial) | {"color": color, "line": {"width": 0}}
        trace = figures.bars(cohort.name, x, wide[place].round(2), marker=marker)
        trace["hovertemplate"] = f"%{{y:,.0f}} {view.currency}"
        traces.append(marked(trace, [len(x) + place] * len(x)))
    return figures.figure(
        traces,
        barmode="relative",
        bargap=0.12,
        hovermode="x unified",
        showlegend=True,
        legend=figures.legend_above(),
        margin=figures.MARGIN | {"t": 36 + 20 * (len(cohorts) > 8)},
        xaxis={"type": "date", "hoverformat": "%b %Y", "fixedrange": True},
        yaxis=figures.money_axis(view) | {"fixedrange": True},
    )


def _summary(wide: pd.DataFrame, cohorts: list[Cohort], grain: Grain, seen: Period, view: View) -> str:
    whole = [start for start in wide.index if not is_partial(start, seen, grain)]
    last: date = (whole or list(wide.index))[-1]
    brought: list[float] = wide[wide.index == last].to_numpy(dtype=float)[0].tolist()
    total, best = sum(brought), brought.index(max(brought))
    share = brought[best] / total if total > 0 else None
    basis = view.filters.basis.label.lower()
    text = (
        f"In {label(last, grain)} {money(total, view.currency)} of {basis} came from {plural(len(cohorts), 'cohort')}; "
        f"customers of {cohorts[best].name} brought most of it ({percent(share)})."
    )
    partial = [label(start, grain) for start in wide.index if is_partial(start, seen, grain)]
    return text + (f" Not complete: {' and '.join(partial)}." if partial else "")


CHART = ChartSpec(
    name="cohort_stack",
    title="Sales by cohort",
    unit="Money of all customers, stacked by when they first bought",
    definition="Sales of identified customers in each month (or quarter), by the quarter or year of their first "
    "purchase, the oldest cohort at the bottom; at most 12 cohorts, older ones together. Always the whole history, "
    "whatever the period. A click lists the customers of the cohort.",
    query="cohort_revenue",
    build=build,
    height=420,
)
