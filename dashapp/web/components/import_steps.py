"""What every step of an import shares: where one is, the way on, a job at work, a job that failed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component

from dashapp.store.jobs import Job, Line
from dashapp.store.uploads import Upload
from dashapp.web import format as fmt
from dashapp.web.components import runs, states
from dashapp.web.components.basics import attrs, button, disclosure, link
from dashapp.web.components.ids import ids

STEPS = {
    "choose": "Choose a file",
    "profile": "Look at it",
    "match": "Match columns",
    "check": "Check",
    "confirm": "Import",
}
PATH = "/import"
ADDRESS, BODY, GO, SAID = ids("import", "address", "body", "go", "said")


def address(upload: Upload | None, step: str) -> str:
    """Where a step of this import is."""
    return f"{PATH}?{urlencode({'upload': upload.id, 'step': step})}" if upload else PATH


def step_of(text: Any) -> str:
    """The step an address names; the first for what is none."""
    return text if isinstance(text, str) and text in STEPS else "choose"


def stepper(upload: Upload | None, step: str) -> Component:
    """The five steps with the present one marked; those behind it are links."""
    names = list(STEPS)
    items = [_step(upload, name, number, names.index(step)) for number, name in enumerate(names)]
    return html.Nav(html.Ol(items, className="import-steps"), **attrs(aria_label="Steps of the import"))


def _step(upload: Upload | None, name: str, number: int, present: int) -> Component:
    label = html.Span(STEPS[name])
    if number == present:
        return html.Li(label, className="is-present", **attrs(aria_current="step"))
    if number > present:
        return html.Li(label)
    return html.Li(link(label, address(upload, name) if name != "choose" else PATH), className="is-done")


def region(step: str, *parts: Component) -> Component:
    """Where the focus begins: the next Tab is on what the step asks for, not on what stands above it."""
    return html.Section(
        list(parts),
        className="page-stack import-step",
        tabIndex=-1,
        **attrs(aria_label=STEPS[step], data_focus_first="", data_holds_focus=""),
    )


def about(upload: Upload) -> Component:
    """Which file this is about."""
    words = [html.Strong(upload.file_name), html.Span(f"{size(upload.bytes)}", className="hint")]
    return html.P(words, className="import-file-line")


def size(count: int) -> str:
    """
    >>> size(512), size(45_300), size(81_200_000)
    ('512 bytes', '45 KB', '81.2 MB')
    """
    if count < 1000:
        return f"{count} bytes"
    return f"{fmt.number(count / 1000)} KB" if count < 1_000_000 else f"{fmt.number(count / 1e6, 1)} MB"


def working(title: str, job: Job, log: Sequence[Line], now: datetime) -> Component:
    """A job on its way."""
    return html.Section([html.H2(title), runs.progress(job, log, now)], className="card-plain import-card")


def failed(title: str, job: Job, log: Sequence[Line], *actions: Component) -> Component:
    """A job that did not end well: what happened, what to do, and nothing of the work is lost."""
    words = job.message or f"The job was {job.state}."
    said = disclosure("Log", html.Pre("\n".join(line.text for line in log[-runs.LOG_LINES :]), className="run-log"))
    return html.Section(
        [
            html.H2(title),
            states.error(words, job.hint),
            *([said] if log else []),
            html.Div(list(actions), className="actions"),
        ],
        className="card-plain import-card",
    )


def onward(label: str, href: str, icon_name: str = "arrow-right") -> Component:
    """The way to the next step."""
    return link([html.Span(label), html.Span(className=f"icon icon-{icon_name}", **attrs(aria_hidden="true"))], href,
                className="btn btn-primary")  # fmt: skip


def back(label: str, href: str) -> Component:
    return link(label, href, className="btn btn-outline")


def again(label: str, button_id: str) -> Component:
    return button(label, "primary", "arrow-clockwise", id=button_id)


def dom_id(kind: str, n: int) -> str:
    """How Dash writes a pattern id into the page: JSON with its keys in order."""
    return f'{{"n":{n},"type":"{kind}"}}'


def counted(number: int, one: str, many: str = "") -> str:
    """
    >>> counted(1, "row"), counted(12031, "row"), counted(2, "entry", "entries")
    ('1 row', '12,031 rows', '2 entries')
    """
    return f"{fmt.number(number)} {one if number == 1 else many or f'{one}s'}"
