"""Files on their way in: one per request, streamed to disk, refused before they are read where that can be known."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest, LengthRequired
from werkzeug.formparser import FormDataParser

from dashapp.services.uploads import largest_body
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


ROUTES = (
    Route("/uploads", "uploads.receive", receive, "refresh:run", ("POST",), largest=largest_body),
    Route("/uploads/<upload_id>", "uploads.remove", remove, "refresh:run", ("DELETE",)),
)
