"""What the buttons and fields of the matching step do."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from dash import Input, Output, State, no_update
from dash.development.base_component import Component

from dashapp.errors import TenureError
from dashapp.services import import_choice
from dashapp.services.import_choice import Choice
from dashapp.services.import_desk import Desk
from dashapp.web.components import import_match, import_second
from dashapp.web.components import import_steps as steps
from dashapp.web.components.import_form import FORM, Form, chosen, text_of
from dashapp.web.components.import_steps import ADDRESS, BODY, GO, SAID

if TYPE_CHECKING:
    from dashapp.web.door import Door


def changed(desk: Desk, form: Form) -> tuple[Any, Any, Any]:
    """What is left to do; where to go when the file must be looked at anew; the step where it is to be drawn anew."""
    profile, before = desk.profile(), desk.choice()
    choice = chosen(desk, form)
    entity = form.entity if isinstance(form.entity, str) else before.entity
    desk.keep(choice)
    if entity != before.entity or _layout(profile, choice) != _layout(profile, before):
        desk.look_as(choice, entity)
        return no_update, {"href": steps.address(desk.upload, "profile")}, no_update
    body = _redrawn(desk) if bool(choice.source) != bool(before.source) else no_update
    return import_match.todo(profile, choice, desk.shop()), no_update, body


def _layout(profile: Any, choice: Choice) -> list[str]:
    """The answers the columns hang on; what the file was read with counts as the answer until there is another."""
    asked = [question for question in profile.get("questions", ()) if import_choice.decides_layout(question)]
    return [import_choice.answer_to(question, choice) or str(profile.get(question["key"])) for question in asked]


def drawn(desk: Desk) -> list[Component]:
    """The matching step."""
    profile, choice, names = desk.profile(), desk.choice(), desk.mapping_names()
    return import_match.match(desk.upload, profile, choice, names, desk.shop(), desk.others())


def _redrawn(desk: Desk) -> list[Component]:
    fresh = Desk.open(desk.services, desk.reader, desk.upload.id)
    return [steps.about(fresh.upload), *drawn(fresh)]


def asked_to_check(desk: Desk, form: Form) -> tuple[Any, str]:
    """Where to go, or what is left to do."""
    try:
        desk.check(chosen(desk, form))
    except TenureError as error:
        return no_update, error.sentence()
    return {"href": steps.address(desk.upload, "check")}, ""


def beside(desk: Desk, deed: Callable[[], object]) -> tuple[Any, str]:
    """Where the file is looked at with another second file than before, or why not."""
    try:
        deed()
    except TenureError as error:
        return no_update, error.sentence()
    return {"href": steps.address(desk.upload, "profile")}, ""


def used(desk: Desk, form: Form, name: Any) -> tuple[Any, str]:
    """Where the file is looked at with a kept mapping, or why not."""
    if not name:
        return no_update, "Choose a mapping first."
    try:
        desk.look_with(str(name), chosen(desk, form))
    except TenureError as error:
        return no_update, error.sentence()
    return {"href": steps.address(desk.upload, "profile")}, ""


def kept(desk: Desk, form: Form, name: Any) -> str:
    """What became of keeping the mapping."""
    try:
        desk.keep_mapping(text_of(name).strip(), chosen(desk, form))
    except TenureError as error:
        return error.sentence()
    return f"Kept as {text_of(name).strip()}."


def wire(door: Door, desk: Callable[[Any], Desk]) -> None:
    """`desk` opens the import of an address."""
    states_of_form, where = [State(*part) for part in FORM], State(ADDRESS, "data")

    @door.callback(
        Output(import_match.PROBLEMS, "children"), Output(GO, "data", allow_duplicate=True),
        Output(BODY, "children", allow_duplicate=True),
        *(Input(*part) for part in FORM), where, prevent_initial_call=True,
    )  # fmt: skip
    def _(*values: Any) -> Any:
        return changed(desk(values[-1]), Form(*values[:-1]))

    @door.callback(
        Output(GO, "data"), Output(SAID, "children", allow_duplicate=True),
        Input(import_match.CHECK, "n_clicks"), *states_of_form, where, prevent_initial_call=True,
    )  # fmt: skip
    def _(clicks: Any, *values: Any) -> Any:
        return asked_to_check(desk(values[-1]), Form(*values[:-1])) if clicks else no_update

    @door.callback(
        Output(GO, "data", allow_duplicate=True), Output(SAID, "children", allow_duplicate=True),
        Input(import_match.USE, "n_clicks"), State(import_match.KNOWN, "value"), *states_of_form, where,
        prevent_initial_call=True,
    )  # fmt: skip
    def _(clicks: Any, name: Any, *values: Any) -> Any:
        return used(desk(values[-1]), Form(*values[:-1]), name) if clicks else no_update

    _wire_second(door, desk, states_of_form)

    @door.callback(
        Output(import_match.SAVED, "children"),
        Input(import_match.SAVE, "n_clicks"), State(import_match.NAME, "value"), *states_of_form, where,
        prevent_initial_call=True,
    )  # fmt: skip
    def _(clicks: Any, name: Any, *values: Any) -> Any:
        return kept(desk(values[-1]), Form(*values[:-1]), name) if clicks else no_update


def _wire_second(door: Door, desk: Callable[[Any], Desk], states_of_form: list[State]) -> None:
    outputs = [Output(GO, "data", allow_duplicate=True), Output(SAID, "children", allow_duplicate=True)]
    picked = [State(import_second.OWN, "value"), State(import_second.THERE, "value")]
    where = State(ADDRESS, "data")

    @door.callback(
        *outputs, Input(import_second.ADD, "n_clicks"), *picked, *states_of_form, where, prevent_initial_call=True
    )
    def _(clicks: Any, own: Any, there: Any, *values: Any) -> Any:
        here, form = desk(values[-1]), Form(*values[:-1])
        return beside(here, lambda: here.look_beside(chosen(here, form), own, there)) if clicks else no_update

    @door.callback(*outputs, Input(import_second.ALONE, "n_clicks"), *states_of_form, where, prevent_initial_call=True)
    def _(clicks: Any, *values: Any) -> Any:
        here, form = desk(values[-1]), Form(*values[:-1])
        return beside(here, lambda: here.look_alone(chosen(here, form))) if clicks else no_update
