"""Scenarios under names: saved, listed side by side on their own populations, opened by their address, removed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

import dash_bootstrap_components as dbc
import pandas as pd
from dash import dcc, html
from dash.development.base_component import Component

from dashapp.domain.filters import CHOICES, Filters
from dashapp.domain.what_if import Scenario
from dashapp.domain.what_if_address import BY_NAME, CONTROLS, read, to_query
from dashapp.errors import TenureError
from dashapp.services.lab import base_of
from dashapp.services.lab_account import Account, account
from dashapp.store.scenarios import Saved
from dashapp.store.snapshot import Snapshot
from dashapp.web import format as fmt
from dashapp.web.components.basics import button, data_table, field, link, select
from dashapp.web.components.ids import ids

NAME, TEAM, SAVE, LIST, CHOSEN, REMOVE, REMOVING, TOLD, UNDO, GONE = ids(
    "lab", "name", "team", "save", "list", "chosen", "remove", "removing", "told", "undo", "gone"
)
PATH = "/lab"


def layout() -> Component:
    """Name it, keep it, and see all of them beside each other."""
    name = field("Name of the scenario", dbc.Input(id=NAME, type="text", maxlength=64, autocomplete="off"))
    team = dbc.Checklist(id=TEAM, options=[{"label": "The team may open it", "value": "team"}], value=[])
    return html.Section(
        [
            html.H2("Saved scenarios", className="page-section"),
            html.Div([name, team, button("Save this scenario", "primary", "bookmark", id=SAVE)], className="lab-save"),
            html.P(id=TOLD, role="status", className="recompute-message"),
            html.Div(id=LIST),
            html.Div(
                [
                    html.Div(
                        [
                            select(CHOSEN, "Remove a scenario", {}, None),
                            button("Remove", "danger", "trash", id=REMOVE),
                        ],
                        id=REMOVING,
                        className="lab-save",
                        hidden=True,
                    ),
                    button("Undo", "secondary", "arrow-counterclockwise", id=UNDO, hidden=True),
                ],
                className="lab-save",
            ),
            dcc.Store(id=GONE),
        ]
    )


def address(scenario: Scenario, filters: Filters, base: Scenario) -> str:
    """The whole scenario as a query string: whom it is about, and what differs from the published assumptions."""
    chosen = {name: text for name, text in filters.to_query().items() if name in CHOICES}
    return urlencode(chosen | to_query(scenario, base))


def opened(saved: Saved, base: Scenario) -> tuple[Scenario, Filters]:
    """What an address holds. Raises FilterError."""
    query = dict(parse_qsl(saved.address))
    return read(query, base), Filters.from_query({name: query[name] for name in CHOICES if name in query})


def told(saved: Saved, snapshot: Snapshot) -> tuple[Account, str] | str:
    """The figures of a saved scenario on this snapshot and its population in words, or why there are none."""
    try:
        scenario, filters = opened(saved, base_of(snapshot.facts))
        return account(snapshot, filters, scenario), population(filters)
    except TenureError as error:
        return error.message


def population(filters: Filters) -> str:
    """Whom the figures are about, in words."""
    return ", ".join(filters.choices()) or "all customers"


def side_by_side(snapshot: Snapshot, scenarios: Sequence[Saved], now: Account, filters: Filters) -> Component:
    """The published assumptions, the scenario on screen, and every saved one."""
    currency = snapshot.facts.currency
    rows = [_row("This scenario", "", now, population(filters), currency)]
    for saved in scenarios:
        name = link(saved.name, f"{PATH}?{saved.address}" if saved.address else PATH)
        whose = f"{saved.owner_name}, {'team' if saved.for_team else 'private'}"
        answer = told(saved, snapshot)
        rows.append([name, whose, answer] if isinstance(answer, str) else _row(name, whose, *answer, currency))
    names = ["Scenario", "Whose", "Customers", "Published", "Scenario value", "80 % band", "Difference", "Per customer",
             *(control.label for control in CONTROLS)]  # fmt: skip
    return data_table(pd.DataFrame(rows, columns=names, dtype=object), "Scenarios side by side")


def _row(name: Any, whose: str, found: Account, who: str, currency: str) -> list[Any]:
    low_high = [fmt.money(bound, currency) for bound in found.band] if found.band else []
    return [
        name, whose, who, fmt.money(found.base_value, currency), fmt.money(found.value, currency),
        " to ".join(low_high) or fmt.NOTHING, fmt.signed_money(found.difference, currency),
        fmt.money(found.value / found.customers, currency),
        *(_setting(control.name, found.scenario) for control in CONTROLS),
    ]  # fmt: skip


def _setting(name: str, scenario: Scenario) -> str:
    value = getattr(scenario, name)
    if value is None:
        return fmt.NOTHING
    control = BY_NAME[name]
    if control.times == 100:
        return fmt.percent(value)
    return fmt.number(value, control.decimals if value % 1 else 0)


def removable(scenarios: Sequence[Saved]) -> list[dict[str, Any]]:
    """What the list of scenarios to remove offers."""
    return [{"label": f"{saved.name} ({saved.owner_name})", "value": str(saved.id)} for saved in scenarios]
