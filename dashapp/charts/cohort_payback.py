"""How long new customers take to bring back, as margin, what it cost to win them: all cohorts, and the one behind."""

from __future__ import annotations

import pandas as pd

from dashapp.charts.channel_performance import NO_MARGIN, NO_SPEND
from dashapp.charts.chart import Chart, ChartSpec, Figure, View, nothing
from dashapp.charts.kit import figures
from dashapp.charts.kit.cohorts import ALL, MOST_COHORTS, MOST_MONTHS
from dashapp.charts.kit.formats import money, plural
from dashapp.charts.kit.grain import Grain, last_day
from dashapp.charts.kit.marks import customers, marked
from dashapp.charts.kit.paid_cohorts import PaidCohort, cost_of, paid_cohorts, together
from dashapp.charts.kit.theme import COMPARISON
from dashapp.domain.payback import Mean, Payback

BEHIND, EVERYBODY = "#DE6F10", "#4F7BE0"
"The cohort behind and everybody: 3:1 or more on both surfaces."
BAND = "rgba(222, 111, 16, 0.18)"
NAMED = 6
"More cohorts that have not paid back are counted, not named."


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: the answer of store/queries/cohort_payback.sql, not split."""
    if frame.empty:
        return nothing("No customer first bought in this period.", "Choose a longer period or remove a filter.")
    if not frame["has_margin"].iloc[0]:
        return nothing("Margin is not known, because no product costs were loaded.", NO_MARGIN, "unavailable")
    cohorts = paid_cohorts(frame)[-MOST_COHORTS:]
    margins, payback = together(frame)
    behind = behind_of(cohorts)
    summary = " ".join(_said(cohorts, margins, payback, behind, view, bool(frame["has_spend"].iloc[0])))
    everybody = customers(("first_order_date", view.period.start, view.period.end))
    marks = (everybody, *(_mark(one, view) for one in cohorts))
    return Chart(_figure(cohorts, margins, behind), summary, _table(cohorts, margins, payback), marks=marks)


def _mark(cohort: PaidCohort, view: View) -> dict[str, str]:
    """Who first bought in the month, as far as the period holds it."""
    first, last = max(cohort.start, view.period.start), min(last_day(cohort.start, Grain.MONTH), view.period.end)
    return customers(("first_order_date", first, last))


def behind_of(cohorts: list[PaidCohort]) -> PaidCohort | None:
    """The oldest cohort that has not paid back."""
    return next((cohort for cohort in cohorts if cohort.is_unpaid), None)


def _figure(cohorts: list[PaidCohort], margins: dict[int, Mean], behind: PaidCohort | None) -> Figure:
    thin = {"line": {"width": 1, "color": COMPARISON}, "opacity": 0.35, "showlegend": False}
    lines = [
        _leading(_curve(cohort.label, list(enumerate(cohort.brought)), **thin), place)
        for place, cohort in enumerate(cohorts, start=1)
        if cohort is not behind
    ]
    shown = [(month, mean.value) for month, mean in margins.items()]
    cost = cost_of(cohorts)
    lines.append(_leading(_curve(ALL, shown, line={"width": 4, "color": EVERYBODY}), 0))
    reach = max([1, *(len(cohort.brought) - 1 for cohort in cohorts), *(month for month in margins)])
    reach = min(reach, MOST_MONTHS)
    if cost is not None:
        lines.append(_level(f"Cost, {ALL.lower()}", cost, reach, EVERYBODY))
    if behind:
        lines += [_leading(line, cohorts.index(behind) + 1) for line in _behind(behind)]
    return figures.figure(
        lines,
        xaxis={"title": {"text": "Months after first purchase"}, "dtick": 1 if reach <= 12 else 3, "fixedrange": True},
        yaxis={"tickformat": ",.0f", "rangemode": "tozero", "fixedrange": True},
        margin=figures.MARGIN | {"b": 44, "t": 44},
        showlegend=True,
        legend=figures.legend_above(),
    )


def _leading(line: figures.Trace, mark: int) -> figures.Trace:
    """The line all of whose points are about one cohort."""
    return marked(line, [mark] * len(line["x"]))


def _behind(cohort: PaidCohort) -> list[figures.Trace]:
    """Observed solid, predicted dashed inside its band, and its own cost."""
    style = {"width": 2.5, "color": BEHIND}
    seen = list(enumerate(cohort.brought))
    drawn = [_curve(cohort.label, seen, line=style)]
    if cohort.ahead and seen:
        later = [seen[-1], *((month, value) for month, value, *_ in cohort.ahead)]
        drawn.append(_curve(f"{cohort.label}, predicted", later, line=style | {"dash": "dash"}))
        drawn.append(_band(cohort))
    if cohort.cost is not None:
        reach = cohort.ahead[-1][0] if cohort.ahead else min(max(len(seen) - 1, 1), MOST_MONTHS)
        drawn.append(_level(f"Cost, {cohort.label}", cohort.cost, reach, BEHIND))
    return drawn


def _band(cohort: PaidCohort) -> figures.Trace:
    last = cohort.brought[-1]
    bounds = [(month, low, high) for month, _, low, high in cohort.ahead if low is not None and high is not None]
    months, lows, highs = zip(*[(len(cohort.brought) - 1, last, last), *bounds], strict=True)
    ends = [round(value, 4) for value in (*highs, *lows[::-1])]
    band = figures.line("80 % bounds", [*months, *months[::-1]], ends, fill="toself", fillcolor=BAND)
    return band | {"line": {"width": 0}, "hoverinfo": "skip"}


def _curve(name: str, points: list[tuple[int, float]], **more: object) -> figures.Trace:
    some = [(month, round(value, 4)) for month, value in points if month <= MOST_MONTHS]
    hover = "month %{x}: %{y:,.0f}<extra>" + name + "</extra>"
    return figures.line(name, [month for month, _ in some], [value for _, value in some], hovertemplate=hover, **more)


def _level(name: str, cost: float, reach: int, color: str) -> figures.Trace:
    hover = "%{y:,.2f}<extra>" + name + "</extra>"
    style = {"width": 1.5, "dash": "dot", "color": color}
    return figures.line(name, [0, reach], [round(cost, 4)] * 2, hovertemplate=hover) | {"line": style}


def _table(cohorts: list[PaidCohort], margins: dict[int, Mean], payback: Payback | None) -> pd.DataFrame:
    rows = [
        (cohort.label + (" (and before)" if cohort.is_first else ""), cohort.customers, cohort.spend, cohort.cost,
         cohort.brought[-1] if cohort.brought else None, len(cohort.brought) - 1,
         cohort.payback.words() if cohort.payback else "–")
        for cohort in cohorts
    ]  # fmt: skip
    spent = [cohort.spend for cohort in cohorts if cohort.spend is not None and not cohort.is_first]
    last = max(margins, default=0)
    everybody = (
        ALL, sum(cohort.customers for cohort in cohorts), sum(spent) if spent else None, cost_of(cohorts),
        margins[last].value if margins else None, last, payback.words() if payback else "–",
    )  # fmt: skip
    names = ["Cohort", "New customers", "Spend", "Cost per customer", "Margin each so far", "By month", "Payback"]
    table = pd.DataFrame([everybody, *rows], columns=names)
    return table.astype({name: float for name in names[2:5]}).round(2)


def _said(
    cohorts: list[PaidCohort],
    margins: dict[int, Mean],
    payback: Payback | None,
    behind: PaidCohort | None,
    view: View,
    has_spend: bool,
) -> list[str]:
    last = max(margins, default=None)
    told = []
    if last is not None:
        told.append(
            f"A new customer has brought {money(margins[last].value, view.currency)} of margin by month {last}."
        )
    if not has_spend:
        return [*told, NO_SPEND]
    if payback:
        told.append(
            f"All cohorts together, each month with those that old: cost {money(cost_of(cohorts), view.currency)}, "
            f"payback {payback.words()}."
        )
    unpaid = [cohort for cohort in cohorts if cohort.is_unpaid]
    if not unpaid:
        return [*told, "Every cohort whose cost is known has paid back." if payback else "No cohort has a known cost."]
    words = "; ".join(f"{cohort.label}: {cohort.payback.words()}" for cohort in unpaid[:NAMED] if cohort.payback)
    more = f"; {len(unpaid) - NAMED} more" if len(unpaid) > NAMED else ""
    named = f" {behind.label} is drawn." if behind else ""
    return [*told, f"{plural(len(unpaid), 'cohort')} not paid back: {words}{more}.{named}"]


CHART = ChartSpec(
    name="cohort_payback",
    title="Payback",
    unit="Cumulative margin per new customer against what one cost",
    definition="Margin of all customers of a cohort up to each month after the first purchase, divided by all of "
    "them, also those who never came back, against the marketing spend of the same month divided by the "
    "same customers (blended over channels; of one channel under its filter). The thick line weighs "
    "customers and takes complete months only, each month with those old enough; its payback month "
    "compares them with what the same ones cost, with 80 % bounds by how customers differ, and leaves out"
    " the cohort of the month the data begin in, which holds everyone who bought before. Of one cohort "
    "the past is a fact. The oldest cohort that has not paid back is drawn on: predicted net sales at the"
    " margin rate so far, within bounds that hold 80 %, for whole cohorts only and at most 6 months. "
    "Filters other than period and channel do not apply, because spend knows no more.",
    query="cohort_payback",
    parameters={"split": ""},
    build=build,
    height=380,
)
