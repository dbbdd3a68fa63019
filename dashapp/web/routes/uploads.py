"""Files on their way in: one per request, streamed to disk, refused before they are read where that can be known."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import pandas as pd
from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest, LengthRequired
from werkzeug.formparser import FormDataParser

from dashapp.errors import NotFound
from dashapp.services.cells import csv_text
from dashapp.services.import_desk import Desk
from dashapp.services.uploads import REJECTS, folder, largest_body
from dashapp.store import rejected
from dashapp.web import identity
from dashapp.web.route import Route

if TYPE_CHECKING:
    from dashapp.services.services import Services

PARTS_LIMIT = 4
MEMORY_BYTES = 500_000
"Of what is not a file; also werkzeug's reading buffer of 64 kB, which must fit."


def receive(services: Services) -> ResponseReturnValue:
    """Keep the file of a multipart form. Raises InputError with what is wrong with it."""
    reader, uploads = identity.principal(), services.uploads
    if request.content_length is None:
        raise LengthRequired("The request does not say how long it is.")
    if request.mimetype != "multipart/form-data":
        raise BadRequest("The request is not a form with a file.")
    uploads.admit(reader, request.content_length)
    with uploads.receiving() as incoming:
        parser = FormDataParser(
            incoming.open, MEMORY_BYTES, largest_body(services.settings), silent=False, max_form_parts=PARTS_LIMIT
        )
        try:
            parser.parse_from_environ(request.environ)
        except ValueError as error:
            raise BadRequest("The form is damaged.") from error
        upload = uploads.accept(incoming, reader, request.remote_addr or "")
    answer = {"upload_id": upload.id, "file_name": upload.file_name, "bytes": upload.bytes, "sha256": upload.sha256}
    return jsonify(answer), HTTPStatus.CREATED


def remove(services: Services, upload_id: str) -> ResponseReturnValue:
    """Take an own file away."""
    services.uploads.remove(upload_id, identity.principal(), request.remote_addr or "")
    return "", HTTPStatus.NO_CONTENT


def refused_rows(services: Services, upload_id: str) -> ResponseReturnValue:
    """Every row the last check of an own file refused, as CSV that no spreadsheet runs, with why and what to do."""
    desk = Desk.open(services, identity.principal(), upload_id)
    plan, path = desk.result("plan"), folder(services.settings, desk.upload.id) / REJECTS
    if plan is None or not path.is_file():
        raise NotFound("No row of this file was refused.", "Check the file first.")
    said = {str(item["reason"]): item for item in plan.get("rejects") or ()}
    detail, target = {"file_name": desk.upload.file_name}, f"{desk.upload.id}/rejects.csv"
    services.journal.append("export:downloaded", desk.reader.actor, target, detail, request.remote_addr or "")
    names = [str(column["name"]) for column in desk.profile().get("columns", ())]
    content = csv_text(_in_words(piece, said, names) for piece in rejected.pieces(path))
    response = Response(content, content_type="text/csv; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename="refused-rows.csv")
    return response


def _in_words(piece: pd.DataFrame, said: dict[str, Any], names: list[str]) -> pd.DataFrame:
    """Why and what to do, then the row in its own columns, to be corrected; as written where it is none."""
    codes = [str(text).split(",") for text in piece["reasons"]]
    rows = [rejected.cells(text) for text in piece["raw_row"]]
    words = {
        "Row of the file": piece["line_number"].tolist(),
        "Why": [_words(said, row, "sentence") or ", ".join(row) for row in codes],
        "What to do": [_words(said, row, "repair") for row in codes],
    }
    cells = {name: [row.get(name) if row else None for row in rows] for name in names if name not in words}
    written = [None if row else text for row, text in zip(rows, piece["raw_row"], strict=True)]
    return pd.DataFrame(words | cells | ({"As written": written} if "As written" not in names else {}), dtype=object)


def _words(said: dict[str, Any], codes: list[str], part: str) -> str:
    return " ".join(str(said[code][part]) for code in codes if said.get(code, {}).get(part))


ROUTES = (
    Route("/uploads", "uploads.receive", receive, "refresh:run", ("POST",), largest=largest_body),
    Route("/uploads/<upload_id>", "uploads.remove", remove, "refresh:run", ("DELETE",)),
    Route("/uploads/<upload_id>/rejects.csv", "uploads.refused_rows", refused_rows, "refresh:run"),
)
