"""/quality/<issue>: one issue of the data: what it touches, what happened to it, and the work on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from dash import Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from dashapp.errors import EditedMeanwhile, InputError, NoSnapshot, NotFound
from dashapp.services.access import Principal
from dashapp.services.quality import READ, WORK, Case, Quality
from dashapp.web.components import facts as shown
from dashapp.web.components import quality_case as parts
from dashapp.web.components import states
from dashapp.web.components.basics import attrs, link
from dashapp.web.components.ids import ids
from dashapp.web.components.quality_words import shop_of
from dashapp.web.page import Page

if TYPE_CHECKING:
    from dashapp.services.services import Services
    from dashapp.web.door import Door

ISSUE, VERSION, DONE, HEAD, FORM, SAID, REST = ids("issue", "id", "version", "done", "head", "form", "said", "rest")
LARGEST = 2**31 - 1


def layout(issue: Any = "", **_: Any) -> Component:
    work = shown.card("Work on it", parts.form(), html.P(id=SAID, className="issue-said", role="status"))
    return html.Div(
        [
            dcc.Store(id=ISSUE, data=issue),
            dcc.Store(id=VERSION),
            dcc.Store(id=DONE),
            html.P(link("All issues", "/quality"), className="back-link"),
            html.Div(id=HEAD),
            html.Section(
                work, id=FORM, hidden=True, tabIndex=-1, **attrs(aria_label="Work on it", data_holds_focus="")
            ),
            html.Div(id=REST, className="page-stack"),
        ],
        className="page-stack",
    )


def check(services: Services, issue: str) -> None:
    """Raises NotFound."""
    services.quality.known(number(issue))


def number(issue: Any) -> int:
    """The number of an issue in an address. Raises NotFound."""
    text = str(issue)
    if not (text.isascii() and text.isdecimal() and len(text) < 11 and int(text) <= LARGEST):
        raise NotFound("There is no such issue.", "The list of issues shows all there are.")
    return int(text)


def show(services: Services, issue: Any, reader: Principal) -> list[Any]:
    """Head, form, details: everything of one issue, or a sentence where there is none."""
    try:
        case = services.quality.case(number(issue), reader)
    except NotFound as error:
        return [states.empty(error.message, error.hint), "", None, True, [], None, *parts.offered(None)]
    people = [{"value": one.user_name, "label": one.display_name} for one in case.workers]
    return [
        parts.head(case, shop_of(services.snapshots), services.clock()),
        rest(services, case),
        case.ticket.version,
        not reader.may(WORK),
        people,
        reader.user_name if reader.may(WORK) else None,
        *parts.offered(case.ticket.issue.state),
    ]


def rest(services: Services, case: Case) -> list[Component]:
    """What stands below the form."""
    ticket = case.ticket
    sample = list(ticket.sample) or _of_snapshot(services, ticket.rule.check_id)
    return [
        parts.history(case.events),
        parts.rows(sample, bool(ticket.sample), ticket.issue.offending_rows),
        parts.about(ticket.rule),
        parts.past(case),
    ]


def _of_snapshot(services: Services, check_id: str) -> list[dict[str, Any]]:
    try:
        return parts.parsed(services.snapshots.current().frame("quality_sample", check_id=check_id))
    except NoSnapshot:
        return []


@dataclass(frozen=True, slots=True)
class Form:
    """What stood in the controls when a button was pressed."""

    issue: int
    version: int
    words: str
    reason: str
    until: str
    owner: str

    @classmethod
    def read(cls, issue: Any, version: Any, *texts: Any) -> Form:
        """Raises NotFound, InputError."""
        if not isinstance(version, int) or not 0 < version <= LARGEST:
            raise InputError("The issue has not been read yet.", "Wait a moment, then try again.")
        return cls(number(issue), version, *(text if isinstance(text, str) else "" for text in texts))

    def day(self) -> date:
        """The date it shall be ignored until. Raises InputError."""
        try:
            return date.fromisoformat(self.until)
        except ValueError:
            raise InputError("The date until which to ignore it is missing.", "Choose a day.") from None


DEEDS: dict[str, tuple[str, Callable[[Quality, Principal, Form], None]]] = {
    parts.TAKE: ("It is yours now.", lambda desk, who, form: desk.take(form.issue, form.version, who)),
    parts.START: ("Work has started.", lambda desk, who, form: desk.start(form.issue, form.version, who)),
    parts.ASSIGN: ("Assigned.", lambda desk, who, form: desk.assign(form.issue, form.version, who, form.owner)),
    parts.COMMENT: ("Commented.", lambda desk, who, form: desk.comment(form.issue, form.version, who, form.words)),
    parts.RESOLVE: (
        "Resolved. The next refresh verifies it, or opens it again.",
        lambda desk, who, form: desk.resolve(form.issue, form.version, who, form.reason, form.words),
    ),
    parts.IGNORE: (
        "Ignored until that day.",
        lambda desk, who, form: desk.ignore(form.issue, form.version, who, form.day(), form.words),
    ),
    parts.REOPEN: ("Open again.", lambda desk, who, form: desk.reopen(form.issue, form.version, who, form.words)),
}

WRITTEN = (parts.COMMENT, parts.RESOLVE, parts.IGNORE, parts.REOPEN)
"Deeds that write down what stands in the comment box."


def decided(deed: Any, desk: Quality, who: Principal, *given: Any) -> list[Any]:
    """Answer to a button: what to say, a mark that makes the page read the issue again, the comment box.

    What was typed stays where it is until it has been written down.
    """
    if not isinstance(deed, str) or deed not in DEEDS:
        return [no_update] * 3
    said, do = DEEDS[deed]
    try:
        form = Form.read(*given)
        do(desk, who, form)
    except EditedMeanwhile as error:
        return [error.sentence(), f"edited after {given[1]}", no_update]
    except (InputError, NotFound) as error:
        return [error.sentence(), no_update, no_update]
    return [said, f"{deed} on {form.version}", "" if deed in WRITTEN else no_update]


def wire(door: Door, services: Services) -> None:
    outputs = [Output(HEAD, "children"), Output(REST, "children"), Output(VERSION, "data"), Output(FORM, "hidden"),
               Output(parts.OWNER, "options"), Output(parts.OWNER, "value")]  # fmt: skip
    buttons = [Output(name, "disabled") for name in parts.BUTTONS]

    @door.callback(*outputs, *buttons, Input(ISSUE, "data"), Input(DONE, "data"))
    def _(issue: Any, _done: Any) -> list[Any]:
        return show(services, issue, door.principal())

    pressed = [Input(name, "n_clicks") for name in parts.BUTTONS]
    given = [State(ISSUE, "data"), State(VERSION, "data"),
             *(State(name, "value") for name in (parts.WORDS, parts.REASON, parts.UNTIL, parts.OWNER))]  # fmt: skip
    answers = [Output(SAID, "children"), Output(DONE, "data"), Output(parts.WORDS, "value")]

    @door.callback(*answers, *pressed, *given, requires=WORK, prevent_initial_call=True)
    def _(*values: Any) -> list[Any]:
        return decided(ctx.triggered_id, services.quality, door.principal(), *values[len(pressed) :])


PAGE = Page(
    "/quality/<issue>", "Issue", READ, layout, wire, group="OPERATE", order=56, icon="clipboard-check",
    in_navigation=False, check=check, is_now=True,
)  # fmt: skip
