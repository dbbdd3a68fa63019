"""Columns that lie in another file: prices in a product list, countries in a list of territories."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from dashapp.services import import_choice
from dashapp.services.import_choice import Choice, Profile
from dashapp.services.import_desk import Second
from dashapp.web.components import import_steps as steps
from dashapp.web.components.basics import button, field, select
from dashapp.web.components.facts import card
from dashapp.web.components.ids import ids

ENDING = 5
"Names that end alike in fewer letters say nothing."
OWN, THERE, ADD, ALONE = ids("second", "own", "there", "add", "alone")
HINT = "A price list, a list of territories: its columns stand beside those of this file, found by a number both have."
NONE_THERE = (
    "You have no other file here. Upload it first, by Another file, and come back: this one stays under Your files, "
    "and what you have said about it is kept."
)


def card_of(profile: Profile, choice: Choice, others: Sequence[Second]) -> list[Component]:
    """The card by which a second file is added, or left out again."""
    there = import_choice.lookups_of(profile, choice)
    parts: list[Component] = [html.P(_told(lookup)) for lookup in there]
    # The picker is on the page even when hidden: Dash complains of a button whose callback's states are not.
    parts.append(html.Div(_picker(profile, there, others), hidden=not others))
    parts.append(html.P(NONE_THERE, className="hint", hidden=bool(others)))
    alone = button("Leave them out", id=ALONE, hidden=not there)
    add = button("Add its columns", id=ADD, hidden=not others)
    return [card("Columns of another file", *parts, html.Div([add, alone], className="actions"), hint=HINT)]


def _told(lookup: dict[str, Any]) -> str:
    own, by = next(iter(lookup["by"].items()))
    name = str(lookup["file"]).rpartition("/")[2]
    return f"With {steps.counted(len(lookup['columns']), 'column')} of {name}, found where its {by} is {own}."


def _picker(profile: Profile, lookups: Sequence[dict[str, Any]], others: Sequence[Second]) -> Component:
    names = [str(column["name"]) for column in profile.get("columns", ()) if column["name"]]
    options = [
        {"value": f"{second.upload.id}:{n}", "label": f"{second.upload.file_name}: {name}"}
        for second in others
        for n, name in enumerate(second.columns)
    ]
    used = {str(lookup["file"]).split("/")[1] for lookup in lookups}
    own, there = _likely(names, [it for it in others if not (it.is_orders or it.upload.id[:8] in used)])
    return html.Div(
        [
            select(OWN, "The column of this file", {name: name for name in names}, own),
            field("holds what is in", dbc.Select(id=THERE, options=options, value=there)),
        ],
        className="import-inline",
    )


def _likely(names: Sequence[str], others: Sequence[Second]) -> tuple[str | None, str | None]:
    """Columns of this file and of another whose names are the same, or end alike: a proposal to take or not."""
    pairs = [(own, second, n, name) for second in others for n, name in enumerate(second.columns) for own in names]
    for fits in (operator.eq, _ends_alike):
        for own, second, n, name in pairs:
            if fits(own, name):
                return own, f"{second.upload.id}:{n}"
    return None, None


def _ends_alike(one: str, other: str) -> bool:
    """
    >>> _ends_alike("TerritoryKey", "SalesTerritoryKey"), _ends_alike("No", "ItemNo")
    (True, False)
    """
    short, long = sorted((one.casefold(), other.casefold()), key=len)
    return len(short) >= ENDING and long.endswith(short)
