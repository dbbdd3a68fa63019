"""The small parts every page is made of: plain HTML elements with Bootstrap classes, because only those take aria-*.

Dash's own inputs and tabs fail WCAG (docs/adr); dbc.Select, dbc.Input and dbc.Checklist pass and are used inside here.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Literal, NamedTuple

import dash_bootstrap_components as dbc
import pandas as pd
from dash import dcc, html
from dash.development.base_component import Component

from dashapp import written
from dashapp.web import format as fmt
from dashapp.web.vendor import ICONS

Kind = Literal["primary", "secondary", "quiet", "danger"]
_BUTTON = {
    "primary": "btn btn-primary",
    "secondary": "btn btn-outline",
    "quiet": "btn btn-quiet",
    "danger": "btn btn-danger",
}


def attrs(**named: Any) -> dict[str, Any]:
    """aria-* and data-* attributes, which Python cannot spell.

    >>> attrs(aria_label="Filters")
    {'aria-label': 'Filters'}
    """
    return {name.replace("_", "-"): value for name, value in named.items()}


def grid(*children: Any) -> Component:
    """Page content on 12 columns; cards say how many they span and stack on a phone."""
    return html.Div(list(children), className="page-grid")


def icon(name: str) -> Component:
    """A picture from the Bootstrap icon set, invisible to screen readers. Raises ValueError outside vendor.ICONS."""
    if name not in ICONS:
        raise ValueError(f"there is no icon {name!r}; add it to ICONS in web/vendor.py")
    return html.Span(className=f"icon icon-{name}", **attrs(aria_hidden="true"))


def button(label: str, kind: Kind = "secondary", icon_name: str = "", **attributes: Any) -> Component:
    """A button with words on it. `attributes` may hold id, data-* and aria-*."""
    extra = attributes.pop("className", "")
    picture = [icon(icon_name)] if icon_name else []
    return html.Button(
        [*picture, html.Span(label)], className=f"{_BUTTON[kind]} {extra}".strip(), **{"type": "button", **attributes}
    )


def icon_button(label: str, icon_name: str, **attributes: Any) -> Component:
    """A button with only a picture; `label` is its accessible name and tooltip."""
    extra = attributes.pop("className", "")
    named = {"type": "button", "aria-label": label, "title": label, **attributes}
    return html.Button(icon(icon_name), className=f"icon-button {extra}".strip(), **named)


def link(label: Any, href: str, **attributes: Any) -> Component:
    """A link inside the application. Raises ValueError for anything but a local path."""
    return dcc.Link(label, href=safe_href(href), **attributes)


def safe_href(href: str) -> str:
    """`href` if it is a path of this site; values from data never become another scheme or host.

    >>> safe_href("/customers/17850")
    '/customers/17850'
    """
    if not href.startswith("/") or href.startswith("//") or "\\" in href:
        raise ValueError(f"{href!r} is not a path of this site")
    return href


def field(label: Any, control: Component, hint: str = "", *, hidden_label: bool = False) -> Component:
    """A control with its label (and hint), tied together by the control's id."""
    words = html.Label(
        label, htmlFor=getattr(control, "id", ""), className="visually-hidden" if hidden_label else "form-label"
    )
    return html.Div([words, control, *([html.Div(hint, className="form-text")] if hint else [])], className="field")


def select(
    control_id: str, label: str, options: dict[str, str], value: str | None, *, hidden_label: bool = False
) -> Component:
    """A native drop-down: `options` maps values to labels."""
    choices = [{"value": key, "label": text} for key, text in options.items()]
    return field(label, dbc.Select(id=control_id, options=choices, value=value), hidden_label=hidden_label)


def disclosure(label: str, children: Any, icon_name: str = "", className: str = "", **attributes: Any) -> Component:
    """A native <details>: opens by click or keyboard without any JavaScript. With `icon_name` only the icon shows."""
    words: list[Any] = [html.Span(label, className="visually-hidden")] if icon_name else [label]
    picture = [icon(icon_name)] if icon_name else []
    summary = html.Summary([*picture, *words], className="icon-button" if icon_name else "", title=label)
    body = html.Div(children, className="disclosure-body")
    return html.Details([summary, body], className=f"disclosure {className}".strip(), **attributes)


def defined(title: str, number: str, *words: str | Component) -> Component:
    """The definition of `metric/<name>` or `chart/<name>`; the browser adds what changes with the view.

    Without a number it is of nothing that a question answers.
    """
    return disclosure(
        f"Definition of {title}",
        [html.P(written.local(word)) if isinstance(word, str) else word for word in words],
        "info-circle",
        "popover-end definition",
        **(attrs(data_number=number) if number else {}),
    )


def data_table(frame: pd.DataFrame, caption: str = "", *, limit: int = 500) -> Component:
    """The frame as a real table: header cells, numbers to the right, `limit` rows and a line that says so."""
    told = table_words(frame, caption, limit)
    head = html.Tr([html.Th(name, scope="col", className=side) for name, side in zip(*told[:2], strict=True)])
    body = [html.Tr([html.Td(c, className=s) for c, s in zip(row, told.sides, strict=True)]) for row in told.rows]
    title = [html.Caption(caption)] if caption else []
    table = html.Table([*title, html.Thead(head), html.Tbody(body)], className="data-table")
    scroll = html.Div(
        table, className="table-scroll", role="region", tabIndex=0, **attrs(aria_label=caption or "Table")
    )
    return html.Div([scroll, *([html.P(told.rest, className="hint")] if told.rest else [])])


class TableWords(NamedTuple):
    """A frame as a reader sees it."""

    columns: list[str]
    sides: list[str]
    "Class of each column: 'number' stands to the right."
    rows: list[list[Any]]
    caption: str
    rest: str
    "Says how many rows are not shown; empty when all are."


def table_words(frame: pd.DataFrame, caption: str = "", limit: int = 500) -> TableWords:
    """The first `limit` rows in words: fractions with one precision a column, and shares in percent.

    >>> table_words(pd.DataFrame({"Price": [9.9, 12.0], "Share": [0.0973, None]})).rows
    [['9.90', '9.7\\xa0%'], ['12.00', '–']]
    """
    sides = ["number" if pd.api.types.is_numeric_dtype(dtype) else "" for dtype in frame.dtypes]
    columns = [_column_words(str(name), values) for name, values in frame.head(limit).items()]
    rest = f"The first {limit} of {fmt.number(len(frame))} rows." if len(frame) > limit else ""
    rows = [list(row) for row in zip(*columns, strict=True)]
    return TableWords([_heading(str(name)) for name in frame.columns], sides, rows, caption, rest)


def _heading(name: str) -> str:
    """Names of columns are those of the files; on screen a share of theirs stays on one line."""
    return written.local(name) if "%" in name else name


def _column_words(name: str, column: pd.Series[Any]) -> list[Any]:
    """As a plain list: cell by cell, a table costs ten times more in pandas than in Python."""
    values = column.tolist()
    if not pd.api.types.is_float_dtype(column.dtype):
        return [_cell(value) for value in values]
    if name.startswith(("Share", "Best ", "Relative ")):
        return [fmt.percent(value) for value in values]
    decimals = 0 if all(value % 1 == 0 for value in values if not pd.isna(value)) else 2
    return [fmt.number(value, decimals) for value in values]


def _cell(value: Any) -> Any:
    """What a table cell shows: links stay links, missing is an en dash, numbers and days follow the locale."""
    if isinstance(value, Component):
        return value
    if value is None or value is pd.NaT or (isinstance(value, float) and pd.isna(value)):
        return "–"
    if isinstance(value, date):
        return fmt.day(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return fmt.number(value)
    return written.held(str(value))
