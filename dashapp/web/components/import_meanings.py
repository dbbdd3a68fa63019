"""Texts that could not be read, to be given a meaning once for their column; and what that changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

import dash_bootstrap_components as dbc
from dash import ALL, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from dashapp.errors import InputError
from dashapp.services import import_meanings as texts_of
from dashapp.services.import_desk import Desk
from dashapp.services.import_meanings import LONGEST, Text
from dashapp.store.jobs import Job
from dashapp.web import format as fmt
from dashapp.web.components import import_check as check
from dashapp.web.components import import_steps as steps
from dashapp.web.components.basics import attrs, button
from dashapp.web.components.facts import card
from dashapp.web.components.ids import ids

if TYPE_CHECKING:
    from dashapp.web.door import Door

APPLY, CHECKED = ids("import", "mend", "mend-checked")
READ, UNKNOWN = "import-read", "import-unknown"
"Types of pattern ids; their `n` is the place in `import_meanings.texts`."


def mending(desk: Desk, job: Job) -> list[Component]:
    """What meanings have changed, and the table to give more; nothing where no text can be given one."""
    plan = job.result or {}
    known, before = texts_of.texts(job.arguments, plan), desk.before_mending()
    parts = [_changed(before, plan)] if before else []
    if not known:
        return parts
    samples = {str(column["name"]): _sample(column) for column in desk.profile().get("columns", ())}
    groups = groupby(sorted(enumerate(known), key=lambda item: item[1].column), key=lambda item: item[1].column)
    hint = "Say once what a text means; it holds for every row with it, and the file stays as it is."
    body = [
        *(_column(column, list(members), samples.get(column, "")) for column, members in groups),
        html.P(
            "What is left empty is read as it is written. Meanings are part of the mapping you keep.", className="hint"
        ),
        dcc.Store(id=CHECKED, data=job.id),
        html.Div(button("Apply and check again", "primary", "list-check", id=APPLY), className="actions"),
    ]
    return [*parts, card("Read these texts otherwise", html.Div(body, className="import-repairs"), hint=hint)]


def _changed(before: Mapping[str, Any], plan: Mapping[str, Any]) -> Component:
    (taken, refused), (taken_now, refused_now) = check.totals(before), check.totals(plan)
    words = (
        f"With these meanings {steps.counted(taken_now, 'row')} would be taken, before {fmt.number(taken)}; "
        f"{steps.counted(refused_now, 'row')} would be refused, before {fmt.number(refused)}."
    )
    return html.P(words, className="import-changed", role="status")


def _sample(column: Mapping[str, Any]) -> str:
    return next((str(value) for value in column.get("samples", ()) if value), "")


def _column(column: str, members: Sequence[tuple[int, Text]], sample: str) -> Component:
    head = html.Tr([html.Th(name, scope="col") for name in ("In the file", "Rows refused", "Read as")])
    rows = [_row(n, text, sample) for n, text in members]
    table = html.Table([html.Thead(head), html.Tbody(rows)], className="data-table import-columns")
    place = html.Div(table, className="import-table", role="region", **attrs(aria_label=f"Texts of {column}"))
    return html.Section([html.H3(column), place])


def _row(n: int, text: Text, sample: str) -> Component:
    hint = {"placeholder": f"for example {sample}"} if sample else {}
    control = dbc.Input(
        id={"type": READ, "n": n}, type="text", value=text.read or "", maxLength=LONGEST, autocomplete="off", **hint
    )
    label = html.Label(f"{text.text} is read as", htmlFor=steps.dom_id(READ, n), className="visually-hidden")
    option = {"value": "unknown", "label": "Not known"}
    ticks = dbc.Checklist(id={"type": UNKNOWN, "n": n}, options=[option], value=["unknown"] if text.read == "" else [])
    return html.Tr(
        [
            html.Th(html.Code(text.text), scope="row"),
            html.Td(steps.counted(text.lines, "row")),
            html.Td([label, control, html.Div(ticks, hidden=not text.may_be_unknown)]),
        ]
    )


def mended(desk: Desk, checked: Any, reads: Any, unknown: Any) -> None:
    """Apply the form. Raises InputError."""
    job = desk.job("plan")
    if job is None or job.id != checked or job.result is None:
        raise InputError("The file was checked again in the meantime.", "Load the page again.")
    desk.mend(texts_of.meanings(texts_of.texts(job.arguments, job.result), reads, unknown))


def wire(door: Door, outputs: Sequence[Output], act: Callable[[Any, Callable[[Desk], object]], Any]) -> None:
    """`act` does something to the import of an address and shows its step again, in `outputs`."""
    form = [State({"type": READ, "n": ALL}, "value"), State({"type": UNKNOWN, "n": ALL}, "value")]

    @door.callback(
        *outputs, Input(APPLY, "n_clicks"), State(CHECKED, "data"), *form, State(steps.ADDRESS, "data"),
        prevent_initial_call=True,
    )  # fmt: skip
    def _(clicks: Any, checked: Any, reads: Any, unknown: Any, address: Any) -> Any:
        return act(address, lambda desk: mended(desk, checked, reads, unknown)) if clicks else no_update
