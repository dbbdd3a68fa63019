"""The rows of the builder: field, operator and values each, joined by and or or; drawn, read and answered.

All rows and all controls of a row are on the page and those not in use are hidden, so every control has a plain id and
the keyboard's way through them never changes. assets/59-segments.js shows and hides the rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import Input, Output, html
from dash.development.base_component import Component

from dashapp.domain.ranges import RANGES
from dashapp.domain.rule_fields import BETWEEN, FIELDS, OPERATORS, Kind, operator_words
from dashapp.web.components.basics import attrs, field, icon_button, select
from dashapp.web.components.ids import ids
from dashapp.web.components.rule_state import FIRST_FIELD, ROWS, THESE_DAYS, Judged, Row, picked
from dashapp.web.components.rule_things import Offer, Option

PARTS = (
    "row", "join", "field", "operator", "values", "upper", "when", "first", "last", "first_before", "last_before",
    "search", "things", "written", "span", "spell", "begin", "end", "begin_before", "end_before", "picker", "chosen",
    "thing", "day", "error", "known", "remove",
)  # fmt: skip
ROW_IDS = tuple(dict(zip(PARTS, ids(f"rules-{number}", *PARTS), strict=True)) for number in range(ROWS))
SET = PARTS[1:13]
"The controls a reader sets, in the order of `Row`."
JOINS = {"and": "and", "or": "or"}
WHEN = {THESE_DAYS: "These days"} | {name: label for name, (label, _) in RANGES.items()}


def layout(rows: Sequence[Row]) -> list[Component]:
    """Every row there can be; those beyond `rows` hidden."""
    return [_row(number, rows[number] if number < len(rows) else None) for number in range(ROWS)]


def _row(number: int, row: Row | None) -> Component:
    now, part = row or Row(), ROW_IDS[number]
    return html.Fieldset(
        [
            html.Legend(f"Condition {number + 1}", className="visually-hidden"),
            _join(number, now.join),
            select(part["field"], "Field", {name: about.label for name, about in FIELDS.items()}, now.field),
            field("How", dbc.Select(id=part["operator"], options=operators(now.field), value=now.operator)),
            html.Div([*_written(part, now), *_dates(part, now), _picker(part, now)], className="rule-values"),
            icon_button(f"Remove condition {number + 1}", "x-lg", id=part["remove"]),
            html.P(id=part["error"], className="rule-error", role="alert"),
        ],
        id=part["row"],
        className="rule-row",
        hidden=row is None,
    )


def _join(number: int, join: str) -> Component:
    """How a row is joined to those above; the first joins nothing."""
    control = html.Div(select(ROW_IDS[number]["join"], "Joined by", JOINS, join), hidden=not number)
    return html.Div([control, *([] if number else [html.P("Customers", className="rule-start")])])


def _written(part: Mapping[str, str], now: Row) -> list[Component]:
    shared: dict[str, Any] = {"type": _type(now), "debounce": 0.4, "autoComplete": "off"}
    lower = dbc.Input(id=part["values"], value=now.values, list=part["known"], **shared)
    upper = dbc.Input(id=part["upper"], value=now.upper, **shared)
    shown = _shown(now)
    return [
        html.Div(
            [field("Value", lower), html.Datalist(id=part["known"])],
            id=part["written"],
            hidden=not shown["written"],
        ),
        html.Div(field("and", upper), id=part["span"], hidden=not shown["span"]),
    ]


def _dates(part: Mapping[str, str], now: Row) -> list[Component]:
    shown = _shown(now)

    def day(name: str, label: Any, wrapper: str) -> Component:
        control = dbc.Input(id=part[name], type="date", value=getattr(now, name), debounce=0.6)
        return html.Div(field(label, control), id=part[wrapper], hidden=not shown[wrapper])

    return [
        html.Div(select(part["when"], "When", WHEN, now.when), id=part["spell"], hidden=not shown["spell"]),
        day("first", html.Span(_day(now), id=part["day"]), "begin"),
        day("last", "Last day", "end"),
        day("first_before", "Against first day", "begin_before"),
        day("last_before", "Against last day", "end_before"),
    ]


def _picker(part: Mapping[str, str], now: Row) -> Component:
    """Several of a list that the server searches: a native disclosure with a search box and check boxes."""
    find = dbc.Input(type="search", id=part["search"], value="", debounce=0.3, autoComplete="off")
    boxes = dbc.Checklist(
        id=part["things"], options=[{"value": one, "label": one} for one in now.things], value=list(now.things)
    )
    named = attrs(aria_labelledby=part["thing"])
    body = [field("Find", find), html.Div(boxes, className="filter-options", role="group", **named)]
    summary = html.Summary(
        _chosen(now, {}), id=part["chosen"], **attrs(aria_labelledby=f"{part['thing']} {part['chosen']}")
    )
    details = html.Details([summary, html.Div(body, className="disclosure-body")], className="disclosure filter-choice")
    return html.Div(
        html.Div([html.Span(_what(now), id=part["thing"], className="form-label"), details], className="field"),
        id=part["picker"],
        hidden=not _shown(now)["picker"],
    )


def _day(row: Row) -> str:
    return "Day" if row.about.kind is Kind.MOMENT else "First day"


def _what(row: Row) -> str:
    return picked(row.about).capitalize()


def _chosen(row: Row, labels: Mapping[str, str]) -> str:
    """What the closed list says: the one that was picked, how many, or what to pick."""
    what = picked(row.about)
    if not row.things:
        return f"Choose a {what}" if what else ""
    return labels.get(row.things[0], row.things[0]) if len(row.things) == 1 else f"any of {len(row.things)}"


def _shown(row: Row) -> dict[str, bool]:
    """Which controls of a row its field needs."""
    kind = row.about.kind
    written = not picked(row.about) and kind is not Kind.SPAN
    return {
        "written": written,
        "span": written and row.operator == BETWEEN,
        "spell": kind is Kind.SPAN,
        "begin": row.is_dated or kind is Kind.MOMENT,
        "end": row.is_dated,
        "begin_before": kind is Kind.CHANGE,
        "end_before": kind is Kind.CHANGE,
        "picker": bool(picked(row.about)),
    }


def _type(row: Row) -> str:
    return "date" if row.about.kind is Kind.DATE else "text"


def operators(name: str) -> list[dict[str, str]]:
    """What a field can be asked, as the options of a drop-down."""
    kind = FIELDS.get(name, FIELDS[FIRST_FIELD]).kind
    return [{"value": operator, "label": operator_words(kind, operator)} for operator in OPERATORS[kind]]


def inputs() -> list[Input]:
    """What a reader sets, row after row, in the order of `Row`."""
    return [Input(part[name], "value") for part in ROW_IDS for name in SET]


def read(given: Sequence[Any]) -> list[Row]:
    """The values of `inputs` as rows."""
    return [Row.read(given[start : start + len(SET)]) for start in range(0, len(given), len(SET))]


def outputs() -> list[Output]:
    """What the rows show of what was set, in the order of `values`."""
    parts = (
        ("operator", "options"), ("operator", "value"), ("values", "type"), ("upper", "type"),
        *((name, "hidden") for name in _shown(Row())),
        ("chosen", "children"), ("thing", "children"), ("day", "children"),
        ("things", "options"), ("known", "children"), ("error", "children"),
    )  # fmt: skip
    return [Output(part[name], prop) for part in ROW_IDS for name, prop in parts]


def values(
    rows: Sequence[Row], judged: Judged, offers: Sequence[Offer], known: Mapping[str, Sequence[Option]]
) -> list[Any]:
    """For `outputs`. `known`: values and labels there are of a field."""
    return [
        part
        for number, (row, offer) in enumerate(zip(rows, offers, strict=True))
        for part in _values(row, judged.errors.get(number, ""), offer, known)
    ]


def _values(row: Row, error: str, offer: Offer, known: Mapping[str, Sequence[Option]]) -> list[Any]:
    typed = [(value, value) for value in row.about.values] or known.get(row.field, ())
    hints = [html.Option(value=value, label=label) for value, label in typed] if _shown(row)["written"] else []
    boxes = [{"value": value, "label": label} for value, label in offer.options]
    told = [_chosen(row, dict(offer.options)), _what(row), _day(row), boxes, hints, error or _unknown(row, offer)]
    hidden = [not shown for shown in _shown(row).values()]
    return [operators(row.field), row.operator, _type(row), _type(row), *hidden, *told]


def _unknown(row: Row, offer: Offer) -> str:
    """What was picked in an address and is not in the data."""
    names = " or ".join(repr(name) for name in offer.unknown)
    return f"There is no {picked(row.about)} {names} in these data. Choose another, or untick it." if names else ""
