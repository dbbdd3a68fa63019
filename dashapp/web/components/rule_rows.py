"""The rows of the builder: field, operator and values each, joined by and or or; read into rules, errors at the row.

All rows are on the page and those not in use are hidden, so every control has a plain id and the keyboard's way through
them never changes. assets/59-segments.js shows and hides them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dash_bootstrap_components as dbc
from dash import Input, Output, html
from dash.development.base_component import Component

from dashapp.domain.rule_fields import BETWEEN, FIELDS, OPERATORS, operator_words
from dashapp.domain.rules import Rule, Rules
from dashapp.errors import FilterError
from dashapp.web.components.basics import field, icon_button, select
from dashapp.web.components.ids import ids

ROWS = 8
FIRST_FIELD = "country"
PARTS = ("row", "join", "field", "operator", "values", "upper", "span", "error", "known", "remove")
ROW_IDS = tuple(dict(zip(PARTS, ids(f"rules-{number}", *PARTS), strict=True)) for number in range(ROWS))
JOINS = {"and": "and", "or": "or"}
SEPARATOR = ";"
"Between several values of one row."


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it stands in the browser."""

    join: str = "and"
    field: str = FIRST_FIELD
    operator: str = "is"
    values: str = ""
    upper: str = ""
    "The second value of between."

    @classmethod
    def read(cls, given: Sequence[Any]) -> Row:
        """From what a callback gets; anything that is no text is empty."""
        texts = [value if isinstance(value, str) else "" for value in given]
        return cls(*texts)

    @property
    def rule(self) -> Rule:
        """Raises FilterError."""
        if self.operator == BETWEEN:
            return Rule(self.field, self.operator, (self.values, self.upper))
        return Rule(self.field, self.operator, tuple(text for text in self.values.split(SEPARATOR) if text.strip()))


@dataclass(frozen=True, slots=True)
class Judged:
    """What the rows in use come to."""

    rules: Rules | None
    "None while a row cannot be read."
    errors: dict[int, str]
    "By number of the row; rows without a value are not wrong yet and have none."
    is_open: bool
    "Whether a row waits for its value."


def rows_of(rules: Rules) -> tuple[Row, ...]:
    """The rows that say these rules. Raises FilterError for more than the builder holds."""
    found = [
        _row_of(rule, "or" if place == 0 and number else "and")
        for number, group in enumerate(rules.groups)
        for place, rule in enumerate(group)
    ]
    if len(found) > ROWS:
        raise FilterError("rules", f"The builder holds {ROWS} conditions; this segment has {len(found)}.", "")
    return tuple(found)


def _row_of(rule: Rule, join: str) -> Row:
    if rule.operator == BETWEEN:
        return Row(join, rule.field, rule.operator, *rule.values)
    return Row(join, rule.field, rule.operator, f"{SEPARATOR} ".join(rule.values))


def judge(rows: Mapping[int, Row]) -> Judged:
    """The rules of these rows by number, or which of them cannot be read and why."""
    groups: list[list[Rule]] = [[]]
    errors: dict[int, str] = {}
    is_open = not rows
    for place, (number, row) in enumerate(sorted(rows.items())):
        if place and row.join == "or":
            groups.append([])
        if not row.values.strip():
            is_open = True
            continue
        try:
            groups[-1].append(row.rule)
        except FilterError as error:
            errors[number] = error.sentence()
    if errors or is_open:
        return Judged(None, errors, is_open)
    return Judged(Rules(tuple(tuple(group) for group in groups)), {}, is_open)


def layout(rows: Sequence[Row]) -> list[Component]:
    """Every row there can be; those beyond `rows` hidden."""
    return [_row(number, rows[number] if number < len(rows) else None) for number in range(ROWS)]


def _row(number: int, row: Row | None) -> Component:
    now, part = row or Row(), ROW_IDS[number]
    upper = field("and", dbc.Input(id=part["upper"], type="text", value=now.upper, debounce=0.4, autoComplete="off"))
    values = dbc.Input(
        id=part["values"], type="text", value=now.values, debounce=0.4, autoComplete="off", list=part["known"]
    )
    return html.Fieldset(
        [
            html.Legend(f"Condition {number + 1}", className="visually-hidden"),
            _join(number, now.join),
            select(part["field"], "Field", {name: about.label for name, about in FIELDS.items()}, now.field),
            field("How", dbc.Select(id=part["operator"], options=operators(now.field), value=now.operator)),
            html.Div([field("Value", values), html.Datalist(id=part["known"])]),
            html.Div(upper, id=part["span"], hidden=now.operator != BETWEEN),
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


def operators(name: str) -> list[dict[str, str]]:
    """What a field can be asked, as the options of a drop-down."""
    kind = FIELDS.get(name, FIELDS[FIRST_FIELD]).kind
    return [{"value": operator, "label": operator_words(kind, operator)} for operator in OPERATORS[kind]]


def inputs() -> list[Input]:
    """What a reader sets, row after row, in the order of `Row`."""
    return [Input(part[name], "value") for part in ROW_IDS for name in ("join", "field", "operator", "values", "upper")]


def read(given: Sequence[Any]) -> list[Row]:
    """The values of `inputs` as rows; an operator its field does not take gives way to the usual one."""
    rows = [Row.read(given[start : start + 5]) for start in range(0, len(given), 5)]
    return [_possible(row) for row in rows]


def _possible(row: Row) -> Row:
    name = row.field if row.field in FIELDS else FIRST_FIELD
    allowed = OPERATORS[FIELDS[name].kind]
    return Row(row.join, name, row.operator if row.operator in allowed else allowed[0], row.values, row.upper)


def outputs() -> list[Output]:
    """What the rows show of what was set, in the order of `values`."""
    parts = (
        ("operator", "options"),
        ("operator", "value"),
        ("span", "hidden"),
        ("known", "children"),
        ("error", "children"),
    )
    return [Output(part[name], prop) for part in ROW_IDS for name, prop in parts]


def values(rows: Sequence[Row], judged: Judged, known: Mapping[str, Sequence[tuple[str, str]]]) -> list[Any]:
    """For `outputs`. `known`: values and labels there are of a field."""
    return [part for number, row in enumerate(rows) for part in _values(row, judged.errors.get(number, ""), known)]


def _values(row: Row, error: str, known: Mapping[str, Sequence[tuple[str, str]]]) -> list[Any]:
    offered = [(value, value) for value in FIELDS[row.field].values] or known.get(row.field, ())
    hints = [html.Option(value=value, label=label) for value, label in offered]
    return [operators(row.field), row.operator, row.operator != BETWEEN, hints, error]
