"""The last step of an import: what is about to happen, and what has happened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashapp.store.uploads import Upload
from dashapp.web import format as fmt
from dashapp.web.components import import_check as check
from dashapp.web.components import import_steps as steps
from dashapp.web.components import states
from dashapp.web.components.basics import button, disclosure, icon, link
from dashapp.web.components.facts import facts
from dashapp.web.components.ids import ids

COUNTS = {"batches": "Files", "accepted_lines": "Rows taken", "rejected_lines": "Rows set aside"}
"What the counts of a refresh are called in the steps before."
(UNDO,) = ids("import", "undo")


def before(
    upload: Upload, plan: Mapping[str, Any], currency: str, start_id: str, now: str = "", *, is_sample: bool = False
) -> list[Component]:
    """What the import would do, and the button that does it. now: currency of the data; is_sample: a demonstration."""
    way_back = steps.back("Back to the check", steps.address(upload, "check"))
    if plan.get("stopped"):
        return [states.unavailable("A rule stops this file.", "Repair it and upload it again.", way_back)]
    accepted, rejected = check.totals(plan)
    words = [html.Li(sentence) for sentence in check.change_sentences(plan)]
    left = [html.Li(f"{steps.counted(rejected, 'row')} stay aside, refused.")] if rejected else []
    promise = "Everybody sees the new data when it is done; until then, and if anything fails, the present ones stay."
    return [
        html.Section(
            [
                html.H2(f"Import {steps.counted(accepted, 'row')} of {upload.file_name}?"),
                html.Ul([*words, *left], className="import-todo"),
                *([html.P(check.SAMPLE)] if is_sample else []),
                html.P(promise, className="hint"),
                html.Div([button("Import", "primary", "upload", id=start_id), way_back], className="actions"),
            ],
            className="card-plain import-card",
        ),
        *check.figures(plan, currency, now, is_sample=is_sample),
    ]


def after(
    upload: Upload,
    result: Mapping[str, Any],
    plan: Mapping[str, Any],
    currency: str,
    before: str = "",
    *,
    can_undo: bool,
    was_sample: bool = False,
) -> list[Component]:
    """What has happened, where to look at it, and the way back.

    before: currency of the data until then; was_sample: they were a demonstration.
    """
    published = bool(result.get("published"))
    words = (
        f"{upload.file_name} is imported. Everybody sees snapshot {result.get('snapshot_id')} now."
        if published
        else f"All of {upload.file_name} was loaded already. The data are as they were."
    )
    found = result.get("counts") or {}
    several = int(found.get("batches") or 0) > 1
    taken = "of all files, before later rows replaced earlier ones" if several else "in the new data"
    words_of = {"accepted_lines": taken, "rejected_lines": "refused or left out, each with its reason"}
    counts = [
        (
            COUNTS.get(str(name), str(name).replace("_", " ").capitalize()),
            fmt.number(int(value)),
            words_of.get(str(name), "in the new data"),
        )
        for name, value in found.items()
    ]
    actions = [
        link("See how the shop does", "/overview", className="btn btn-primary", refresh=True),
        steps.back("Data and runs", "/data"),
        steps.back("Import another file", steps.PATH),
    ]
    return [
        html.Section(
            [
                html.H2("Done"),
                html.P([icon("check-circle"), f" {words}"], className="import-good"),
                html.Div(actions, className="actions"),
                _way_back() if can_undo else "",
            ],
            className="card-plain import-card",
        ),
        *([facts("The new data", counts)] if counts else []),
        *(check.figures(plan, currency, before, is_sample=was_sample) if published else []),
    ]


def _way_back() -> Component:
    """Two steps on purpose: open, then confirm."""
    words = html.P(
        "The data become what they were before this import, and everybody sees them. Nothing is deleted: it stays "
        "among the earlier imports and can be brought back."
    )
    return disclosure("Undo this import", [words, button("Take it back", "danger", id=UNDO)], className="roll-back")


def undone(upload: Upload, result: Mapping[str, Any], start_id: str) -> list[Component]:
    """The import is taken back, and can be repeated."""
    words = f" {upload.file_name} is taken back. Everybody sees snapshot {result.get('snapshot_id')} now."
    actions = [
        link("See how the shop does", "/overview", className="btn btn-primary", refresh=True),
        button("Import it again", id=start_id),
        steps.back("Import another file", steps.PATH),
    ]
    body = [html.P([icon("check-circle"), words], className="import-good"), html.Div(actions, className="actions")]
    return [html.Section([html.H2("Undone"), *body], className="card-plain import-card")]
