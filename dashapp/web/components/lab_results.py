"""What the lab shows of a scenario: key figures, what each assumption contributes, and the value over time."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashapp import written
from dashapp.charts.chart import Chart, Figure, View
from dashapp.charts.kit import figures
from dashapp.charts.kit.bridges import Bar, bridge
from dashapp.domain.validity import Validity
from dashapp.domain.what_if_address import BY_NAME
from dashapp.services.lab_account import BASE, MEASURES, STAMP, Account
from dashapp.services.showing import TableSpec
from dashapp.store.facts import Facts
from dashapp.web import format as fmt
from dashapp.web.components.basics import attrs, data_table, defined, icon
from dashapp.web.components.export_menu import table_menu
from dashapp.web.components.funnel import headed, of_question
from dashapp.web.components.graph import plot

ASKED = "value_population"
"The question all of it rests on."


def stamp() -> Component:
    """Stands on everything the lab says."""
    return html.P([icon("lightbulb"), STAMP], className="lab-stamp")


def cards(found: Account, currency: str) -> list[Component]:
    """The key figures of a scenario."""
    customers = f"{fmt.number(found.customers)} customers"
    each = found.value / found.customers
    before, base_band = found.base_value / found.customers, _band(found.base_band, currency)
    return [
        _card(BASE, fmt.money(found.base_value, currency), [customers, base_band], is_base=True),
        _card("Scenario value", fmt.money(found.value, currency), [_band(found.band, currency)]),
        _card("Difference", fmt.signed_money(found.difference, currency), [fmt.delta(found.value, found.base_value)]),
        _card("Per customer", fmt.money(each, currency), [f"published {fmt.money(before, currency)}"]),
        *_won(found, currency),
    ]  # fmt: skip


def _won(found: Account, currency: str) -> list[Component]:
    if found.scenario.cac is None:
        return [_card("CLV to CAC", fmt.NOTHING, ["Fill in what winning one customer costs."])]
    if found.newcomer is None:
        return [
            _card(
                "CLV to CAC",
                fmt.NOTHING,
                ["No first purchase is known in this selection: load orders or remove a filter."],
            )
        ]
    won = found.newcomer
    first = f"{fmt.money(won.value, currency)} per customer won now, first purchase included"
    return [
        _card("CLV to CAC", fmt.value_of(won.ratio, "ratio"), [first]),
        _card("Payback", _payback(won.payback_months), [_payback_words(found)]),
    ]


def _payback(months: int | None) -> str:
    if months is None:
        return "Not reached"
    return "At once" if months == 0 else f"{fmt.number(months)} {'month' if months == 1 else 'months'}"


def _payback_words(found: Account) -> str:
    base = f"mean of {fmt.number(found.first_orders)} first purchases and what follows, undiscounted"
    won = found.newcomer
    if won is None or won.payback_months is not None:
        return base
    return f"within {fmt.number(found.scenario.horizon_days)} days; {base}"


def _band(band: tuple[float, float] | None, currency: str) -> str:
    if band is None:
        return "No band: spend has no finite variance here"
    return written.span(*(fmt.money(bound, currency) for bound in band))


def _card(title: str, value: str, details: list[str], *, is_base: bool = False) -> Component:
    told = [html.Span(text) for text in details if text]
    mark = [] if is_base else [html.P(STAMP, className="lab-mark")]
    body = html.Div([html.P(value, className="kpi-value"), html.P(told, className="kpi-details"), *mark])
    meant = defined(title, f"query/{ASKED}", MEASURES[title])
    return html.Section([headed(html.H3(title), ASKED, meant), body], className="kpi-card", style={"--span": 4})


def notes(facts: Facts, found: Account, customers_leave: bool) -> list[Component]:
    """What a reader must know before believing any of it."""
    observed, horizon = (facts.observed_until - facts.observed_from).days + 1, found.scenario.horizon_days
    told = [
        "Every figure keeps the fitted models and changes only what you set. The band is that of the published value "
        "in proportion, for what parameters and chance leave open; it does not say how likely the assumptions are."
    ]
    if facts.validity == Validity.RANKING_ONLY:
        told.append(f"The published amounts are doubtful themselves. {written.local(facts.validity_reason)}")
    if 2 * horizon > observed:
        told.append(
            f"{fmt.number(observed)} days were observed: a horizon of {fmt.number(horizon)} days could not be tested "
            f"on the past, which takes {fmt.number(2 * horizon)}."
        )
    if not customers_leave:
        told.append("The purchase model says that nobody leaves, so drop-out changes nothing.")
    return [html.P(text, className="hint") for text in told]


def figure_card(card_id: str, spec: TableSpec, span: int) -> Component:
    """A figure with its sentence, its table and its files."""
    title = spec.title
    return html.Article(
        [
            html.Header([html.Div([html.H2(title, id=f"{card_id}-title"), html.P(STAMP, className="card-unit")],
                                  className="card-title"),
                         html.Div([of_question(ASKED), defined(title, f"query/{ASKED}", spec.definition),
                                   table_menu("lab", spec, has_figure=True)], className="card-tools")],
                        className="card-head"),
            html.Figure([plot(f"{card_id}-graph", spec.height, f"{card_id}-title {card_id}-caption"),
                         html.Figcaption(id=f"{card_id}-caption", className="card-caption")],
                        className="card-figure"),
            html.Details([html.Summary("View as a table"), html.Div(id=f"{card_id}-table")], className="lab-table"),
        ],
        className="chart-card is-drawn", style={"--span": span},
        **attrs(aria_labelledby=f"{card_id}-title", data_title=title),
    )  # fmt: skip


def drawn(chart: Chart, caption: str) -> tuple[Figure | None, str, Component]:
    """For the outputs of a figure card."""
    return chart.figure, chart.summary, data_table(chart.table, caption)


def waterfall(found: Account, view: View) -> Chart:
    """From the published value to the scenario's, one bar per changed assumption."""
    parts = [(BY_NAME[name].label, amount) for name, amount in found.contributions.items()]
    bars = [Bar("Published", found.base_value, True), *(Bar(name, amount) for name, amount in parts),
            Bar("Scenario", found.value, True)]  # fmt: skip
    if parts:
        largest = max(parts, key=lambda part: abs(part[1]))
        words = (
            f"{STAMP}: from {fmt.money(found.base_value, view.currency)} to {fmt.money(found.value, view.currency)}; "
            f"most by {largest[0].lower()}, {fmt.signed_money(largest[1], view.currency)}. Assumptions work together: "
            "each is credited with its mean over every order of changing them."
        )
    else:
        words = "Nothing is changed, so the scenario is the published value."
    table = pd.DataFrame(
        {"Step": [bar.name for bar in bars], f"Amount ({view.currency})": [bar.amount for bar in bars]}
    )
    return Chart(bridge(bars, view), words, table)


def over_time(found: Account, view: View) -> Chart:
    """Value of the first days of the horizon, published and assumed."""
    days = [0, *found.days]
    scenario, base = ([0.0, *found.by_horizon(assumed)] for assumed in (found.scenario, found.base))
    drawn = figures.figure(
        [
            figures.line("Scenario", days, scenario, hovertemplate=_hover(view.currency, "Scenario")),
            *_band_area(found, days, scenario),
            figures.comparison_line("Published", days, base, hovertemplate=_hover(view.currency, "Published")),
        ],
        xaxis={"title": {"text": "Days from now"}, "showgrid": False},
        yaxis=figures.money_axis(view),
        showlegend=True, legend=figures.legend_above(), margin=figures.MARGIN | {"t": 32, "b": 44, "l": 64},
    )  # fmt: skip
    words = (
        f"{STAMP}: {fmt.money(scenario[-1], view.currency)} within {fmt.number(found.days[-1])} days, "
        f"{fmt.money(base[-1], view.currency)} as published; the shading holds {fmt.percent(0.8, 0)}."
    )
    table = pd.DataFrame({
        "Days": days[1:], f"Scenario ({view.currency})": scenario[1:],
        f"Published ({view.currency})": base[1:],
    })  # fmt: skip
    return Chart(drawn, words, table)


def _hover(currency: str, name: str) -> str:
    return f"{name}, %{{x}} days: %{{y:,.0f}} {currency}<extra></extra>"


def _band_area(found: Account, days: list[int], values: list[float]) -> list[dict[str, Any]]:
    """The band in proportion to the value, drawn below the lines."""
    if found.band is None or not found.value:
        return []
    low, high = (bound / found.value for bound in found.band)
    edges = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
    lower = figures.line("", days, [value * low for value in values]) | edges
    upper = figures.line("", days, [value * high for value in values]) | edges
    return [lower, upper | {"fill": "tonexty", "fillcolor": "rgba(79,123,224,0.18)"}]
