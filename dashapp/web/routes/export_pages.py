"""A page as one workbook, and the files that were made in the background for whoever asked for them."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import current_app, redirect, request
from flask.typing import ResponseReturnValue

from dashapp.errors import InputError, NotFound
from dashapp.services.access import require
from dashapp.services.card_files import Asked, page_book
from dashapp.services.export_desk import Leaving
from dashapp.web import asof, identity
from dashapp.web.components.export_menu import exported, view_of
from dashapp.web.route import Route
from dashapp.web.routes.exports import XLSX, download, pieces

if TYPE_CHECKING:
    from dashapp.services.services import Services

KINDS = {".xlsx": XLSX, ".pdf": "application/pdf"}


def page_xlsx(services: Services, name: str) -> ResponseReturnValue:
    """Every card of a page: key figures, a sheet for each chart, About."""
    try:
        page = exported(current_app.extensions["tenure"].pages, name)
    except InputError as error:
        raise NotFound(error.message) from error
    reader = identity.principal()
    require(reader, page.permission)
    asked = view_of(page, request.args.to_dict(), services)
    assert page.shows is not None
    shown = page.shows.cards(asked.snapshot, asked.filters, asof.before(services, asked.filters))
    services.exports.note(_leaving(f"{name}.xlsx", shown.rows, asked), reader, request.remote_addr or "")
    book = page_book(page.title, shown, asked, services.settings)
    return download(pieces(book), XLSX, asked.name(name, "xlsx"))


def _leaving(target: str, rows: int, asked: Asked) -> Leaving:
    return Leaving(target, rows, asked.snapshot.id, asked.filters.sentence(asked.until), request.full_path)


def fetch(services: Services, file_id: str) -> ResponseReturnValue:
    """A file made for this reader; for anybody else there is none."""
    kept = services.exports.fetch(file_id, identity.principal(), request.remote_addr or "")
    response = download(
        pieces(kept.path.open("rb")), KINDS.get(kept.path.suffix, "application/octet-stream"), kept.name
    )
    response.content_length = kept.bytes
    return response


def remove(services: Services, file_id: str) -> ResponseReturnValue:
    """Delete a file before its time."""
    services.exports.remove(file_id, identity.principal(), request.remote_addr or "")
    return redirect("/exports", HTTPStatus.SEE_OTHER)


def cancel(services: Services, job_id: str) -> ResponseReturnValue:
    """Stop an export that is being made."""
    if not re.fullmatch(r"[0-9]{1,9}", job_id):
        raise NotFound("There is no such job.")
    services.exports.cancel(int(job_id), identity.principal())
    return redirect("/exports", HTTPStatus.SEE_OTHER)


ROUTES = (
    Route("/export/page/<name>.xlsx", "exports.page_xlsx", page_xlsx, "exports:run"),
    Route("/exports/<file_id>", "exports.fetch", fetch, "exports:run"),
    Route("/exports/<file_id>/remove", "exports.remove", remove, "exports:run", methods=("POST",)),
    Route("/exports/jobs/<job_id>/cancel", "exports.cancel", cancel, "exports:run", methods=("POST",)),
)
