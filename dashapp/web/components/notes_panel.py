"""The notes on charts over time: what there is, and for analysts a form to write, change, remove and undo them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import dash_bootstrap_components as dbc
import pandas as pd
from dash import Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from dashapp.errors import InputError, NotFound, TenureError
from dashapp.services.access import Principal
from dashapp.services.annotations import LONGEST, WRITE, Annotations, Change
from dashapp.services.spared import spared
from dashapp.store.annotations import Annotation, Text
from dashapp.web import asof
from dashapp.web import format as fmt
from dashapp.web.components.basics import button, data_table, disclosure, field
from dashapp.web.components.ids import ids

if TYPE_CHECKING:
    from dashapp.services.services import Services
    from dashapp.web.door import Door

LIST, FORM, CHANGED, LAST, SAID, CHOICE, FIRST, END, TEXT, ABOUT, PRIVATE, SAVE, REMOVE, UNDO = ids(
    "notes", "list", "form", "changed", "last", "said", "choice", "first", "end", "text", "about", "private", "save",
    "remove", "undo",
)  # fmt: skip
NEW = "new"
WHOLE = "all|"
FIELDS = (FIRST, END, TEXT, ABOUT, PRIVATE)


def layout() -> Component:
    """A disclosure to stand under a chart over time."""
    body = [html.Div(id=LIST), html.Div(_form(), id=FORM, hidden=True)]
    return html.Div(
        [dcc.Store(id=CHANGED), dcc.Store(id=LAST), disclosure("Notes on this chart", body)],
        className="card-plain notes-panel",
    )


def _form() -> list[Component]:
    fields = [
        field("Note", dbc.Select(id=CHOICE, options=[{"value": NEW, "label": "A new one"}], value=NEW)),
        field("It began on", dbc.Input(id=FIRST, type="date")),
        field("It ended on", dbc.Input(id=END, type="date"), "Empty for a single day."),
        field("What happened", dbc.Input(id=TEXT, type="text", maxLength=LONGEST)),
        field("About", dbc.Select(id=ABOUT, options=[{"value": WHOLE, "label": "The whole shop"}], value=WHOLE)),
        dbc.Checklist(id=PRIVATE, options=[{"value": "yes", "label": "Only I see it"}], value=[]),
    ]
    deeds = [
        button("Save note", "primary", "check2", id=SAVE),
        button("Remove note", "danger", "trash", id=REMOVE, hidden=True),
        button("Undo", "secondary", "arrow-counterclockwise", id=UNDO, hidden=True),
    ]
    said = html.P(id=SAID, className="hint", role="status")
    return [html.Div(fields, className="refresh-form"), html.Div(deeds, className="run-buttons"), said]


def show(notes: Sequence[Annotation], reader: Principal, places: pd.DataFrame | None) -> list[Any]:
    """List, notes to choose from, what a note may be about, and whether the form is hidden.

    places: columns field and value, as store/queries/filter_options.sql answers.
    """
    named = [{"value": str(note.id), "label": f"{_days(note.said)}: {note.said.text}"} for note in notes]
    about = [{"value": WHOLE, "label": "The whole shop"}]
    for place in [] if places is None else places[["field", "value"]].astype(str).to_dict("records"):
        if place["field"] in ("country", "channel"):
            about.append({"value": "|".join(place.values()), "label": ": ".join(place.values())})
    return [_list(notes), [{"value": NEW, "label": "A new one"}, *named], about, not reader.may(WRITE)]


def _list(notes: Sequence[Annotation]) -> Component:
    if not notes:
        return html.P("No note yet. A campaign, a price change or an outage explains a bend in a line.")
    rows = [
        {
            "Days": _days(note.said),
            "What happened": note.said.text,
            "About": note.said.scope_value or "The whole shop",
            "By": note.author_name,
            "Seen by": "its author" if note.said.is_private else "the team",
        }
        for note in notes
    ]
    return data_table(pd.DataFrame(rows), "Notes by day")


def _days(said: Text) -> str:
    return fmt.day(said.first_day) + (f" to {fmt.day(said.last_day)}" if said.last_day != said.first_day else "")


def filled(notes: Sequence[Annotation], choice: Any) -> list[Any]:
    """The values of FIELDS for the note chosen, and whether the button that removes it is hidden."""
    said = next((note.said for note in notes if str(note.id) == choice), None)
    if said is None:
        return [None, None, "", WHOLE, [], True]
    last = said.last_day.isoformat() if said.last_day != said.first_day else None
    about = f"{said.scope}|{said.scope_value}"
    return [said.first_day.isoformat(), last, said.text, about, ["yes"] if said.is_private else [], False]


def decided(
    deed: Any, notes: Annotations, reader: Principal, choice: Any, last: Any, typed: Sequence[Any]
) -> list[Any]:
    """What is said, a mark that makes the list be read again, the change to undo, no undo, and the choice after it."""
    try:
        if deed == UNDO:
            notes.undo(_change(last), reader)
            return ["Undone.", _mark(deed, last), None, True, NEW]
        if deed == REMOVE:
            done, said = notes.remove(_number(choice), reader), "The note was removed."
        elif deed == SAVE and choice == NEW:
            done, said = notes.add(_typed(*typed), reader), "The note was added."
        elif deed == SAVE:
            done, said = notes.edit(_number(choice), _typed(*typed), reader), "The note was changed."
        else:
            return [no_update] * 5
    except (InputError, NotFound) as error:
        return [error.sentence(), no_update, no_update, no_update, no_update]
    return [said, _mark(deed, done), {"added": done.added, "removed": done.removed}, False, NEW]


def _mark(deed: str, what: Any) -> str:
    return f"{deed} {what}"


def _typed(first: Any, last: Any, text: Any, about: Any, private: Any) -> Text:
    """What the form holds. Raises InputError."""
    scope, _, value = about.partition("|") if isinstance(about, str) else ("", "", "")
    start = _day(first)
    words = text if isinstance(text, str) else ""
    return Text(start, _day(last) if last else start, words, scope, value, private == ["yes"])


def _day(given: Any) -> date:
    try:
        return date.fromisoformat(given)
    except (TypeError, ValueError) as error:
        raise InputError("A note needs a day.", "Choose the first day.") from error


def _number(given: Any) -> int:
    if not (isinstance(given, str) and given.isascii() and given.isdecimal() and len(given) < 10):
        raise NotFound("There is no such note.", "Choose one from the list.")
    return int(given)


def _change(last: Any) -> Change:
    held = last if isinstance(last, dict) else {}
    parts = {name: held.get(name) for name in ("added", "removed")}
    if not any(parts.values()) or any(part is not None and type(part) is not int for part in parts.values()):
        raise NotFound("There is nothing to undo.")
    return Change(**parts)


def _places(services: Services) -> pd.DataFrame | None:
    try:
        snapshot = asof.shown(services)
        return spared("filter_options", lambda: snapshot.frame("filter_options"), lambda _: None)
    except TenureError:
        return None


def wire(door: Door, services: Services) -> None:
    notes = services.annotations
    listed = [Output(LIST, "children"), Output(CHOICE, "options"), Output(ABOUT, "options"), Output(FORM, "hidden")]

    @door.callback(*listed, Input(CHANGED, "data"))
    def _(_changed: Any) -> list[Any]:
        return show(notes.seen_by(door.principal()), door.principal(), _places(services))

    @door.callback(
        *(Output(name, "value") for name in FIELDS), Output(REMOVE, "hidden"), Input(CHOICE, "value"), requires=WRITE,
        prevent_initial_call=True,
    )  # fmt: skip
    def _(choice: Any) -> list[Any]:
        return filled(notes.seen_by(door.principal()), choice)

    told = [Output(SAID, "children"), Output(CHANGED, "data"), Output(LAST, "data"), Output(UNDO, "hidden"),
            Output(CHOICE, "value")]  # fmt: skip
    pressed = [Input(name, "n_clicks") for name in (SAVE, REMOVE, UNDO)]
    given = [State(name, "value" if name != LAST else "data") for name in (CHOICE, LAST, *FIELDS)]

    @door.callback(*told, *pressed, *given, requires=WRITE, prevent_initial_call=True)
    def _(*values: Any) -> list[Any]:
        choice, last, *typed = values[len(pressed) :]
        return decided(ctx.triggered_id, notes, door.principal(), choice, last, typed)
