"""The filter bar: native controls, chips, one clientside callback to the store `FILTERS` and to the address.

The store holds `Filters.to_query()`. The browser part is assets/53-filters.js; the server reads the store with
`Filters.from_query`, so both sides meet only in that one dictionary.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Input, Output, State, html
from dash.development.base_component import Component

from dashapp.domain import saved
from dashapp.domain.filters import CHOICES, Filters
from dashapp.domain.ranges import RANGES
from dashapp.domain.vocabulary import Basis, Compare
from dashapp.web.components.basics import attrs, button, disclosure, icon, select
from dashapp.web.components.ids import ids
from dashapp.web.components.still import Held
from dashapp.web.door import Door
from dashapp.web.page import ALL_FILTERS

FILTERS = "filters"
RANGE, START, END, COMPARE, BASIS, CHIPS, CUSTOM = ids(
    "filters", "range", "start", "end", "compare", "basis", "chips", "custom"
)
CONTROLS = dict(zip(CHOICES, ids("filters", *CHOICES), strict=True))
"The control of each choice."
LEGENDS = {
    "cohort": "First purchase",
    "category": "Bought category",
    "product": "Bought product",
    "saved": "Saved segment",
}
"What a choice is called where its name alone would not say what it does."
Option = tuple[str, str]
"Value and label."
_SEARCH_ABOVE = 8
"Lists longer than this get a search box."


def filter_bar(
    filters: Filters,
    options: Mapping[str, Sequence[Option]],
    used: Sequence[str] = ALL_FILTERS,
    notice: str = "",
    dropped: Sequence[str] = (),
) -> Component:
    """The bar with the given view set. `options` lists what each choice can be, `dropped` what leaves the address.

    Every control exists on every page (one callback reads them all); hidden are those not in `used`, and those where
    the data leave nothing to choose.
    """
    controls = [
        _period(filters, "period" in used),
        _compare(filters, "compare" in used),
        _basis(filters, "basis" in used),
    ]
    controls += [_choice(name, getattr(filters, name), options.get(name, ()), name in used) for name in CONTROLS]
    told = [html.Div([icon("exclamation-triangle"), notice], className="notice", role="alert")] if notice else []
    summary = html.Summary([icon("funnel"), "Filters"], className="btn btn-outline filters-toggle")
    return html.Section(
        [
            Held(FILTERS, filters.to_query()),
            html.Details(
                [summary, html.Div(controls, className="filter-controls")], className="filters-fold", open=True
            ),
            html.Div(id=CHIPS, className="filter-chips"),
            *told,
        ],
        className="filter-bar",
        **attrs(aria_label="Filters", data_dropped=json.dumps(list(dropped))),
    )


def _shown(visible: bool, *children: Any, extra: str = "") -> Component:
    return html.Div(list(children), className=f"filter {extra}".strip(), hidden=not visible)


def _period(filters: Filters, visible: bool) -> Component:
    choices = {key: label for key, (label, _) in RANGES.items()} | {"custom": "Custom dates"}
    dates = html.Div(
        [_date(START, "First day", filters.start), _date(END, "Last day", filters.end)],
        id=CUSTOM,
        className="filter-dates",
        hidden=filters.range != "custom",
    )
    return _shown(
        visible, select(RANGE, "Period", choices, filters.range, hidden_label=True), dates, extra="filter-period"
    )


def _date(control_id: str, label: str, value: Any) -> Component:
    control = dbc.Input(id=control_id, type="date", value=value.isoformat() if value else None, debounce=0.6)
    return html.Div([html.Label(label, htmlFor=control_id, className="visually-hidden"), control])


def _compare(filters: Filters, visible: bool) -> Component:
    choices = {item.value: item.label for item in Compare}
    return _shown(visible, select(COMPARE, "Compare with", choices, filters.compare.value, hidden_label=True))


def _basis(filters: Filters, visible: bool) -> Component:
    choices = {item.value: item.label for item in Basis}
    return _shown(visible, select(BASIS, "Value basis", choices, filters.basis.value, hidden_label=True))


def _choice(name: str, chosen: tuple[str, ...], options: Sequence[Option], visible: bool) -> Component:
    """Several of a list: a native disclosure with check boxes, and a search box when the list is long."""
    known = {value for value, _ in options}
    offered = [*options, *((value, _words(name, value)) for value in chosen if value not in known)]
    boxes = dbc.Checklist(
        id=CONTROLS[name], options=[{"value": value, "label": label} for value, label in offered], value=list(chosen)
    )
    title = LEGENDS.get(name, name.capitalize())
    legend = html.Legend(title, className="visually-hidden")
    finder = _finder(name) if len(offered) > _SEARCH_ABOVE else []
    body = [*finder, html.Fieldset([legend, boxes], className="filter-options"), _none_of(name)]
    something = visible and (len(offered) > (name != "saved") or bool(chosen))
    return _shown(something, disclosure(title, body, className="filter-choice", **attrs(data_filter=name)))


def _words(name: str, value: str) -> str:
    """What a chosen value is called that the bar does not offer."""
    return saved.sentence(value) if name == "saved" else value


def _finder(name: str) -> list[Component]:
    search_id, words = f"{CONTROLS[name]}-search", f"Find a {name}"
    return [
        html.Label(words, htmlFor=search_id, className="visually-hidden"),
        dbc.Input(type="search", placeholder=words, id=search_id, className="filter-search"),
    ]


def _none_of(name: str) -> Component:
    return button(f"Any {name}", "quiet", className="btn-small", **attrs(data_clear_filter=name))


def wire(door: Door) -> None:
    """The one clientside callback of the bar: controls to store, chips and address."""
    door.clientside(
        ClientsideFunction("tenure", "filters"),
        Output(FILTERS, "data"),
        Output(CHIPS, "children"),
        Output(CUSTOM, "hidden"),
        Input(RANGE, "value"),
        Input(START, "value"),
        Input(END, "value"),
        Input(COMPARE, "value"),
        Input(BASIS, "value"),
        *(Input(control, "value") for control in CONTROLS.values()),
        State(FILTERS, "data"),
    )
