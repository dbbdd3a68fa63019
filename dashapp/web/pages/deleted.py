"""/deleted: what was deleted, by whom and when, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
from dash import ALL, Input, Output, ctx, dcc, html, no_update
from dash.development.base_component import Component

from dashapp.errors import TenureError
from dashapp.services import deleted
from dashapp.services.access import Principal
from dashapp.services.deleted import Deleted
from dashapp.web import format as fmt
from dashapp.web.components import facts as shown
from dashapp.web.components import states
from dashapp.web.components.basics import button, data_table
from dashapp.web.components.ids import ids
from dashapp.web.page import Page

if TYPE_CHECKING:
    from dashapp.services.services import Services
    from dashapp.web.door import Door

OPENED, SAID, LIST = ids("deleted", "opened", "said", "list")
RESTORE = "deleted-restore"
"Type of the buttons' ids; `of` is kind and key."
WORDS = {"segment": "Segment", "view": "Saved view", "note": "Note", "scenario": "Scenario", "import": "Import"}


def layout(**_: Any) -> Component:
    return html.Div(
        [dcc.Store(id=OPENED, data=True), html.P(id=SAID, className="hint", role="status"), html.Div(id=LIST)],
        className="page-stack",
    )


def show(found: Sequence[Deleted]) -> Component:
    """The table, or that there is nothing."""
    if not found:
        return states.empty("Nothing that you could see was deleted.", "What is deleted waits here to be brought back.")
    frame = pd.DataFrame([_row(one) for one in found]).astype(object)
    hint = "What you could see before it was deleted. Its owner or an administrator brings it back; an import, whoever "
    table = data_table(frame, "Deleted, the latest first")
    return shown.card("Deleted", table, hint=f"{hint}may load data. Nothing leaves this list by itself")


def _row(one: Deleted) -> dict[str, Any]:
    return {
        "What": WORDS[one.kind],
        "Name": one.name,
        "Deleted by": one.by or "not known",
        "When, UTC": fmt.moment(one.at) if one.at else fmt.NOTHING,
        "Way back": _way_back(one) if one.may_restore else "not by you",
    }


def _way_back(one: Deleted) -> Component:
    return button(
        "Restore",
        "secondary",
        "arrow-counterclockwise",
        id={"type": RESTORE, "of": f"{one.kind}:{one.key}"},
        title=f"Restore {one.name}",
        className="btn-small",
    )


def answer(services: Services, reader: Principal, pressed: Any, times: Any) -> list[Any]:
    """What was done, and the list after it. A button that has only just appeared was not pressed."""
    said: Any = no_update
    if isinstance(pressed, dict) and times:
        kind, _, key = str(pressed.get("of")).partition(":")
        try:
            said = deleted.restore(services, reader, kind, key)
        except TenureError as error:
            said = error.sentence()
    return [said, states.as_known(lambda: show(deleted.listed(services, reader)))]


def wire(door: Door, services: Services) -> None:
    @door.callback(
        Output(SAID, "children"), Output(LIST, "children"), Input(OPENED, "data"),
        Input({"type": RESTORE, "of": ALL}, "n_clicks"),
    )  # fmt: skip
    def _(_opened: Any, _times: Any) -> list[Any]:
        pressed = ctx.triggered[0]["value"] if ctx.triggered else None
        return answer(services, door.principal(), ctx.triggered_id, pressed)


PAGE = Page("/deleted", "Deleted", "overview:read", layout, wire, group="OPERATE", order=64, icon="trash", is_now=True)
