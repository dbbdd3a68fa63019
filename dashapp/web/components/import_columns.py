"""The columns of a file, a row for each with samples and what it could be; those nobody would miss are folded away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from dashapp.domain.canonical import Kind
from dashapp.services.import_choice import Choice, Profile
from dashapp.web import format as fmt
from dashapp.web.components import import_steps as steps
from dashapp.web.components.basics import attrs, disclosure

COLUMN = "import-column"
"Type of the pattern ids of the controls; their `n` is the place in `ordered`."
LEFT_OUT = "-"
"Value of a column that is left out; an empty one would show an empty control."
SURE, LIKELY = 0.9, 0.6
MANY = 12
"So many columns that look like nothing known stand among the others; more are folded away."

Numbered = tuple[int, Mapping[str, Any]]


def ordered(profile: Profile) -> tuple[list[Numbered], list[Numbered]]:
    """The columns with their places: those that may be something, and those that are folded away."""
    columns = list(profile.get("columns", ()))
    unknown = [column for column in columns if not column.get("proposals")]
    if len(unknown) <= MANY:
        return list(enumerate(columns)), []
    known = [column for column in columns if column.get("proposals")]
    return list(enumerate(known)), list(enumerate(unknown, len(known)))


def names(profile: Profile) -> list[str]:
    """The columns in the order of their controls."""
    return [str(column["name"]) for part in ordered(profile) for _, column in part]


def tables(profile: Profile, choice: Choice) -> Component:
    """Every column, those that are folded away under their number."""
    shown, folded = ordered(profile)
    parts = [_table(shown, choice, "Columns of the file")]
    if folded:
        words = f"{steps.counted(len(folded), 'further column')}, left out unless you say what they are"
        used = any(column["name"] in choice.columns for _, column in folded)
        parts.append(disclosure(words, _table(folded, choice, "Further columns"), open=used))
    return html.Div(parts)


def _table(columns: Sequence[Numbered], choice: Choice, label: str) -> Component:
    head = html.Tr([html.Th(name, scope="col") for name in ("Column in the file", "Holds for example", "Is")])
    rows = [_row(n, column, choice) for n, column in columns]
    table = html.Table([html.Thead(head), html.Tbody(rows)], className="data-table import-columns")
    return html.Div(table, className="import-table", role="region", **attrs(aria_label=label))


def _row(n: int, column: Mapping[str, Any], choice: Choice) -> Component:
    name, empty = str(column["name"]), float(column.get("empty_share") or 0)
    samples = [html.Code(_short(value)) for value in column.get("samples", ())[:3]]
    gaps = [html.Span(f"{fmt.percent(empty, 0)} empty", className="hint")] if empty >= 0.005 else []
    control = dbc.Select(
        id={"type": COLUMN, "n": n},
        options=_options(choice.kind),
        value=choice.columns.get(name, LEFT_OUT),
        **attrs(),
    )
    label = html.Label(f"What {name} is", htmlFor=steps.dom_id(COLUMN, n), className="visually-hidden")
    return html.Tr(
        [
            html.Th(name, scope="row"),
            html.Td(html.Div([*samples, *gaps], className="import-samples")),
            html.Td([label, control, _why(column, choice)]),
        ]
    )


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 40 else f"{text[:39]}…"


def _options(kind: Kind) -> list[dict[str, str]]:
    required = [{"value": c.name, "label": f"{c.label} (needed)"} for c in kind.required]
    return [
        {"value": LEFT_OUT, "label": "Leave out"},
        *required,
        *({"value": c.name, "label": c.label} for c in kind.optional),
    ]


def _why(column: Mapping[str, Any], choice: Choice) -> Any:
    """How sure the proposal is that stands there, and why."""
    taken = choice.columns.get(str(column["name"]))
    offer = next((offer for offer in column.get("proposals", ()) if offer["canonical"] == taken), None)
    if not offer:
        return ""
    confidence = float(offer["confidence"])
    words = "Sure" if confidence >= SURE else "Likely" if confidence >= LIKELY else "A guess"
    reason = str(offer.get("why") or "")
    return html.P(f"{words}: {reason}" if reason else words, className="hint")
