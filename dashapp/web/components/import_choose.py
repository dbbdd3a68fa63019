"""The first steps of an import: the file, what may be in it, and what was found in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashapp.domain.canonical import KINDS, Kind
from dashapp.services import import_choice
from dashapp.services.import_choice import Choice
from dashapp.services.uploaded_file import FORMATS
from dashapp.store.uploads import Upload
from dashapp.web import format as fmt
from dashapp.web.components import import_steps as steps
from dashapp.web.components.basics import attrs, button, disclosure, icon, link
from dashapp.web.components.facts import card, facts

_HINT = "One file holds one of these; what its columns are called does not matter."
_SYSTEMS = (
    "Order exports of Shopify and WooCommerce and Stripe's itemised balance report are recognised: there is nothing to "
    "match. Of any other file you say what its columns are; begin with orders."
)
_FORMATS_WORDS = "CSV, TSV, TXT, Excel, Parquet or JSON lines"


def choose(uploads: Sequence[Upload], imported: Collection[str], upload_max_mb: int, now: datetime) -> list[Component]:
    """Where a file comes in, the files that are here already, and what a file may hold.

    imported: ids of those whose import has gone through.
    """
    mine = [card("Your files", _files(uploads, imported, now), hint="Go on where you were.")] if uploads else []
    return [_drop(upload_max_mb), *mine, card("What can I load?", html.P(_SYSTEMS), _kinds(), hint=_HINT)]


def _drop(upload_max_mb: int) -> Component:
    """The browser's own file field is put in by `56-import.js`: Dash has none that is accessible."""
    limits = attrs(
        data_upload="/uploads", data_max_bytes=str(upload_max_mb * 1_000_000), data_endings=",".join(FORMATS)
    )
    pick = html.Div(
        [
            icon("cloud-upload"),
            html.P("Drop a file here, or", className="drop-words"),
            html.Div(
                [
                    html.Span(**attrs(data_file_slot="")),
                    html.Label("Choose a file", htmlFor="import-file", className="btn btn-primary"),
                ],
                className="file-slot",
            ),
            html.P(
                f"{_FORMATS_WORDS}, up to {upload_max_mb} MB. Nothing is published before you say so.", className="hint"
            ),
        ],
        className="drop-pick",
    )
    going = html.Div(
        [
            html.P(**attrs(data_upload_words=""), role="status"),
            html.Progress(max="100", value="0", className="run-bar", **attrs(aria_label="Upload")),
            button("Cancel the upload", **attrs(data_upload_cancel="")),
        ],
        className="drop-going",
        hidden=True,
    )
    return html.Section(
        [
            html.H2("Choose a file", className="visually-hidden"),
            pick,
            going,
            html.P(role="alert", className="drop-error", **attrs(data_upload_error="")),
        ],
        className="drop-zone",
        **limits,
    )


def _files(uploads: Sequence[Upload], imported: Collection[str], now: datetime) -> Component:
    stages = [(upload, "imported" if upload.id in imported else _stage(upload)) for upload in uploads]
    return html.Ul([_file(upload, stage, now) for upload, stage in stages], className="plain-list")


def _file(upload: Upload, stage: str, now: datetime) -> Component:
    words = f"{steps.size(upload.bytes)}, {fmt.ago(upload.created_at, now)}, {stage}"
    name = html.Span([html.Span(upload.file_name), html.Span(words, className="hint")])
    go = link([icon("file-earmark-spreadsheet"), name], steps.address(upload, furthest(upload)), className="row-link")
    remove = html.Button(
        icon("trash"), type="button", className="icon-button", title=f"Remove {upload.file_name}",
        **attrs(data_remove_upload=upload.id, aria_label=f"Remove {upload.file_name}"),
    )  # fmt: skip
    return html.Li([go, remove], className="import-file")


def furthest(upload: Upload) -> str:
    """The step its import has come to."""
    return (
        {"import": "confirm", "plan": "check", "choice": "match"}[_reached(upload)] if _reached(upload) else "profile"
    )


def _reached(upload: Upload) -> str:
    return next((name for name in ("import", "plan", "choice") if upload.draft.get(name)), "")


def _stage(upload: Upload) -> str:
    return {"import": "its import was started", "plan": "checked", "choice": "columns matched", "": "uploaded"}[
        _reached(upload)
    ]


def _kinds() -> Component:
    return html.Div([_kind(kind) for kind in KINDS.values()], className="import-kinds")


def _kind(kind: Kind) -> Component:
    needs = ", ".join(column.label.lower() for column in kind.required)
    may = ", ".join(column.label.lower() for column in kind.optional)
    lines = [html.P(kind.gives), html.P([html.Strong("Needs "), needs])]
    lines += [html.P([html.Strong("May have "), may])] if may else []
    return disclosure(kind.label, lines)


def found(upload: Upload, profile: Mapping[str, Any], choice: Choice) -> list[Component]:
    """What was found in the file, and the way on."""
    columns, matched = profile.get("columns", []), len(choice.columns)
    rows = [
        ("File", upload.file_name, _manner(upload, profile)),
        ("Columns", fmt.number(len(columns)), f"{matched} of them recognised"),
        ("Rows looked at", fmt.number(int(profile.get("rows_sampled") or 0)), "all are read when it is checked"),
        ("Looks like", choice.kind.label, choice.kind.gives),
    ]  # fmt: skip
    notes = [html.P(str(note)) for note in profile.get("notes", ())]
    way = "Go on" if choice.source else "Match columns"
    actions = [steps.onward(way, steps.address(upload, "match")), steps.back("Another file", steps.PATH)]
    return [
        facts("What was found", rows),
        html.Section(
            [*(html.P(words) for words in _unclear(profile, choice)), *notes, html.Div(actions, className="actions")],
            className="card-plain import-card",
        ),
    ]


def _unclear(profile: Mapping[str, Any], choice: Choice) -> list[str]:
    """What a person has to say about the file, or what it lacks to be of any kind."""
    asked = len(import_choice.asked(profile, choice))
    if choice.source:
        said = [f"Its layout is the one of {import_choice.system(profile)}, so there is nothing to match."]
        return [*said, *([_ASKED.format(steps.counted(asked, "thing"))] if asked else [])]
    told = import_choice.mapping_of(profile, choice, "*")["entities"][choice.entity]
    lacking = [c for c in choice.kind.required if c.name not in {*told["columns"], *told.get("fixed", {})}]
    if len(choice.columns) <= len(lacking):
        needs = ", ".join(column.label.lower() for column in lacking)
        return [
            f"It fits no kind of file well. {choice.kind.label}, which come nearest, also need: {needs}.",
            "A list that other files refer to, such as territories or categories, is not imported on its own: keep it "
            "here, go to the file that refers to it, and add its columns there.",
        ]
    if not asked:
        return ["Nothing about it is unclear."]
    return [_ASKED.format(steps.counted(asked, "thing"))]


_ASKED = "{} about this file only you can say."


def _manner(upload: Upload, profile: Mapping[str, Any]) -> str:
    delimiters = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", " ": "blanks"}
    delimiter = delimiters.get(str(profile.get("delimiter") or ""), "")
    sheets = profile.get("sheets") or []
    parts = [upload.format.upper(), delimiter, str(profile.get("encoding") or "")]
    parts += [steps.counted(len(sheets), "sheet")] if sheets else []
    return ", ".join(part for part in parts if part)
