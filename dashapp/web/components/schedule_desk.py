"""Schedules on the data page: what the clock will ask for and when, and for operators the way to change it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import dash_bootstrap_components as dbc
import pandas as pd
from dash import Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from dashapp import written
from dashapp.errors import InputError, NotFound
from dashapp.services.access import Principal
from dashapp.services.schedules import Schedules, times, words
from dashapp.store.schedules import Schedule
from dashapp.web import format as fmt
from dashapp.web.components import facts as shown
from dashapp.web.components import states
from dashapp.web.components.basics import button, data_table, disclosure, field, link
from dashapp.web.components.ids import ids

if TYPE_CHECKING:
    from dashapp.services.services import Services
    from dashapp.web.door import Door

LIST, FORMS, CHANGED, SAID, NAME, CRON, ZONE, SOURCE, PATH, ADD = ids(
    "schedules", "list", "forms", "changed", "said", "name", "cron", "zone", "source", "path", "add"
)
CHOICE, CHANGE, USUAL, PAUSE, RESUME, REMOVE = ids(
    "schedules", "choice", "change", "usual", "pause", "resume", "remove"
)
BUTTONS = (ADD, PAUSE, RESUME, REMOVE)
WORK = "refresh:run"
COMMON = ("0 6 * * *", "0 6 * * 1-5", "0 */4 * * *", "30 5 * * 1", "0 5 1 * *")


def layout() -> Component:
    return shown.card(
        "Schedules",
        dcc.Store(id=CHANGED),
        html.Div(id=LIST),
        html.Div([_add(), html.Div(_change(), id=CHANGE, hidden=True)], id=FORMS, hidden=True),
        html.P(id=SAID, className="hint", role="status"),
    )


def _add() -> Component:
    usual = html.Datalist([html.Option(value=cron, label=words(cron)) for cron in COMMON], id=USUAL)
    fields = [
        field("Name", dbc.Input(id=NAME, type="text", placeholder="nightly", maxLength=64)),
        field(
            "When",
            dbc.Input(id=CRON, type="text", placeholder="0 6 * * 1-5", list=USUAL, maxLength=120),
            "Minute, hour, day, month, weekday: 0 6 * * 1-5 is 06:00 from Monday to Friday.",
        ),
        field("Time zone", dbc.Input(id=ZONE, type="text", value="UTC", maxLength=64), "Like Europe/London."),
        field("Source to load", dbc.Input(id=SOURCE, type="text", placeholder="as last time", maxLength=60)),
        field("Path in the inbox", dbc.Input(id=PATH, type="text", maxLength=400), "For sources that read files."),
    ]
    body = [usual, html.Div(fields, className="refresh-form"), button("Add schedule", "primary", "plus-lg", id=ADD)]
    return disclosure("Add a schedule", body, className="schedule-form")


def _change() -> Component:
    deeds = [
        button("Pause", "secondary", "pause-circle", id=PAUSE),
        button("Resume", "secondary", "play-circle", id=RESUME),
        button("Remove", "danger", "trash", id=REMOVE),
    ]
    body = [field("Schedule", dbc.Select(id=CHOICE, options=[])), html.Div(deeds, className="run-buttons")]
    return disclosure("Pause, resume or remove", body, className="schedule-form")


def show(schedules: Sequence[Schedule], reader: Principal, now: datetime) -> list[Any]:
    """List, names to choose from, the one chosen, whether the forms and the part that changes one are hidden."""
    options = [{"value": schedule.name, "label": schedule.name} for schedule in schedules]
    first = options[0]["value"] if options else None
    return [_list(schedules, now), options, first, not reader.may(WORK), not options]


def _list(schedules: Sequence[Schedule], now: datetime) -> Component:
    if not schedules:
        return states.empty("No schedule: data is loaded when somebody asks for it.")
    rows = [
        {
            "Schedule": schedule.name,
            "When": words(schedule.cron),
            "Zone": schedule.timezone,
            "Next": _next(schedule, now),
            "What": " ".join([schedule.kind, *(str(value) for value in schedule.arguments.values())]),
            "For": schedule.owner_name,
            "Last run": link(str(schedule.last_job_id), f"/data?run={schedule.last_job_id}")
            if schedule.last_job_id
            else fmt.NOTHING,
            "Note": schedule.note or fmt.NOTHING,
        }
        for schedule in schedules
    ]
    return data_table(pd.DataFrame(rows).astype(object), "Schedules by name")


def _next(schedule: Schedule, now: datetime) -> str:
    """The next two times, or that there is none."""
    if schedule.paused_at:
        return "paused"
    return ", then ".join(f"{at:%a} {written.moment(at)}" for at in times(schedule.cron, schedule.timezone, now, 2))


def added(schedules: Schedules, reader: Principal, now: datetime, *given: Any) -> str:
    """Keep a new schedule. Raises InputError, NotAllowed."""
    name, cron, zone, source, path = (value.strip() if isinstance(value, str) else "" for value in given)
    if not cron:
        raise InputError("When it should run is missing.", "Write it like 0 6 * * 1-5.")
    if path and not source:
        raise InputError("A path needs the name of the source that reads it.", "Fill in the source.")
    arguments = {key: value for key, value in (("source", source), ("path", path)) if value}
    made = schedules.add(name, "refresh", arguments, cron, zone or "UTC", reader)
    first = times(made.cron, made.timezone, now, 1)
    when = f"First on {first[0]:%a} {written.moment(first[0])}, {made.timezone}." if first else "It will never come."
    return f"{made.name} was added. {when}"


DEEDS: dict[str, tuple[str, Callable[[Schedules, str, str], None]]] = {
    PAUSE: ("{} is paused.", Schedules.pause),
    RESUME: ("{} asks again, from now on.", Schedules.resume),
    REMOVE: ("{} was removed. The runs it asked for stay.", Schedules.remove),
}


def decided(deed: Any, schedules: Schedules, reader: Principal, now: datetime, choice: Any, *given: Any) -> list[Any]:
    """The answer to a button, and a mark that makes the list be read again."""
    try:
        if deed == ADD:
            said = added(schedules, reader, now, *given)
        elif deed in DEEDS:
            if not isinstance(choice, str) or not choice:
                raise InputError("No schedule is chosen.", "Choose one.")
            words_of, do = DEEDS[deed]
            do(schedules, choice, reader.actor)
            said = words_of.format(choice)
        else:
            return [no_update, no_update]
    except (InputError, NotFound) as error:
        return [error.sentence(), no_update]
    return [said, f"{deed} {now.isoformat()}"]


def wire(door: Door, services: Services) -> None:
    listed = [Output(LIST, "children"), Output(CHOICE, "options"), Output(CHOICE, "value"),
              Output(FORMS, "hidden"), Output(CHANGE, "hidden")]  # fmt: skip

    @door.callback(*listed, Input(CHANGED, "data"))
    def _(_changed: Any) -> list[Any]:
        return show(services.schedules.all(), door.principal(), services.clock())

    pressed = [Input(name, "n_clicks") for name in BUTTONS]
    given = [State(name, "value") for name in (CHOICE, NAME, CRON, ZONE, SOURCE, PATH)]

    @door.callback(
        Output(SAID, "children"), Output(CHANGED, "data"), *pressed, *given, requires=WORK, prevent_initial_call=True
    )
    def _(*values: Any) -> list[Any]:
        typed = values[len(pressed) :]
        return decided(ctx.triggered_id, services.schedules, door.principal(), services.clock(), *typed)
