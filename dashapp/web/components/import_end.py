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
from dashapp.web.components.basics import button, icon, link
from dashapp.web.components.facts import facts


def before(upload: Upload, plan: Mapping[str, Any], currency: str, start_id: str) -> list[Component]:
    """What the import would do, and the button that does it."""
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
                html.P(promise, className="hint"),
                html.Div([button("Import", "primary", "upload", id=start_id), way_back], className="actions"),
            ],
            className="card-plain import-card",
        ),
        *check.figures(plan, currency),
    ]


def after(upload: Upload, result: Mapping[str, Any], plan: Mapping[str, Any], currency: str) -> list[Component]:
    """What has happened, and where to look at it."""
    published = bool(result.get("published"))
    words = (
        f"{upload.file_name} is imported. Everybody sees snapshot {result.get('snapshot_id')} now."
        if published
        else f"All of {upload.file_name} was loaded already. The data are as they were."
    )
    counts = [
        (str(name).replace("_", " ").capitalize(), fmt.number(int(value)), "in the new data")
        for name, value in (result.get("counts") or {}).items()
    ]
    actions = [
        link("See how the shop does", "/overview", className="btn btn-primary"),
        steps.back("Data and runs", "/data"),
        steps.back("Import another file", steps.PATH),
    ]
    undo = "Was it the wrong file? Data and runs can make the earlier snapshot current again."
    return [
        html.Section(
            [
                html.H2("Done"),
                html.P([icon("check-circle"), f" {words}"], className="import-good"),
                html.P(undo, className="hint"),
                html.Div(actions, className="actions"),
            ],
            className="card-plain import-card",
        ),
        *([facts("The new data", counts)] if counts else []),
        *(check.figures(plan, currency) if published else []),
    ]
