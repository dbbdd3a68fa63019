"""A page as one workbook, and the files that were made in the background for whoever asked for them."""

from __future__ import annotations

import re
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import current_app, redirect, request
from flask.typing import ResponseReturnValue

from dashapp.charts.chart import Chart, Figure
from dashapp.charts.kit import theme
from dashapp.errors import InputError, NotFound
from dashapp.services import render
from dashapp.services.access import require
from dashapp.services.card_files import Asked, about_one, card_book, page_book, subtitle
from dashapp.services.carried import explained
from dashapp.services.cells import csv_text
from dashapp.services.export_desk import CARDS, Leaving
from dashapp.services.showing import TableSpec
from dashapp.web import asof, identity
from dashapp.web.components.export_menu import exported, view_of
from dashapp.web.page import Page
from dashapp.web.route import Route
from dashapp.web.routes.exports import XLSX, both, download, note, pieces

if TYPE_CHECKING:
    from dashapp.services.services import Services

KINDS = {".xlsx": XLSX, ".pdf": "application/pdf"}


def page_xlsx(services: Services, name: str) -> ResponseReturnValue:
    """Every card of a page: key figures, a sheet for each chart, About."""
    page = _page(name)
    reader = identity.principal()
    require(reader, page.permission)
    asked = view_of(page, request.args.to_dict(), services)
    assert page.shows is not None
    before, flags = asof.before(services, asked.filters), partial(services.annotations.flags, reader)
    shown = page.shows.cards(asked.snapshot, asked.filters, before, request.args.to_dict(), flags)
    services.exports.note(_leaving(f"{name}.xlsx", shown.rows, asked), reader, request.remote_addr or "")
    book = page_book(f"{page.title} {asked.of}".strip(), shown, asked, services.settings)
    return download(pieces(book), XLSX, asked.name(name, "xlsx"))


def table_xlsx(services: Services, name: str, table: str) -> ResponseReturnValue:
    """A table of a page as a workbook with an About sheet."""
    spec, drawn, asked = _table(services, name, table)
    _note_table(services, f"{table}.xlsx", len(drawn.table), asked)
    return download(pieces(card_book(spec, drawn, asked, services.settings)), XLSX, asked.name(table, "xlsx"))


def table_zip(services: Services, name: str, table: str) -> ResponseReturnValue:
    """The same as a CSV file beside the one that explains it."""
    spec, drawn, asked = _table(services, name, table)
    _note_table(services, f"{table}.csv", len(drawn.table), asked)
    return both(csv_text([drawn.table]), explained(about_one(spec, drawn, asked)), partial(asked.name, table))


def table_png(services: Services, name: str, table: str) -> ResponseReturnValue:
    """The picture of a table with its title, its filters and its day on it. Raises RenderFailed without a browser."""
    figure, height, asked = _picture(services, name, table, "png")
    image = render.shared(services.settings).png(figure, height)
    return download([image], "image/png", asked.name(table, "png"))


def table_svg(services: Services, name: str, table: str) -> ResponseReturnValue:
    """The same as lines and letters."""
    figure, height, asked = _picture(services, name, table, "svg")
    image = render.shared(services.settings).svg(figure, render.WIDTH, height)
    return download([image.encode()], "image/svg+xml", asked.name(table, "svg"))


def _picture(services: Services, name: str, table: str, suffix: str) -> tuple[Figure, int, Asked]:
    """The framed figure, its height in pixels and the view. Raises NotFound, InputError where there is nothing."""
    spec, asked = _asked(services, name, table)
    if spec.picture is None:
        raise NotFound("There is no picture of this table.")
    figure = spec.picture(asked.snapshot, asked.filters, request.args.to_dict())
    if figure is None:
        raise InputError("There is nothing to draw in this view.", "Choose a longer period or remove a filter.")
    framed = render.framed(figure, spec.title, subtitle(asked), theme.template("light"), spec.definition)
    _note_table(services, f"{table}.{suffix}", len(figure["data"]), asked)
    return framed, figure["layout"]["height"] + render.pixels_around(spec.definition), asked


def _table(services: Services, name: str, table: str) -> tuple[TableSpec, Chart, Asked]:
    spec, asked = _asked(services, name, table)
    return spec, spec.told(asked.snapshot, asked.filters, request.args.to_dict()), asked


def _asked(services: Services, name: str, table: str) -> tuple[TableSpec, Asked]:
    page = _page(name)
    require(identity.principal(), page.permission)
    assert page.shows is not None
    for spec in page.shows.tables:
        if spec.name == table:
            return spec, view_of(page, request.args.to_dict(), services)
    raise NotFound("There is no such table to export.")


def _note_table(services: Services, target: str, rows: int, asked: Asked) -> None:
    filters = asked.filters.sentence(asked.until)
    note(services, Leaving(target, rows, asked.snapshot.id, filters, request.full_path, CARDS))


def _page(name: str) -> Page:
    try:
        return exported(current_app.extensions["tenure"].pages, name)
    except InputError as error:
        raise NotFound(error.message) from error


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
    Route("/export/page/<name>/<table>.xlsx", "exports.table_xlsx", table_xlsx, "exports:run"),
    Route("/export/page/<name>/<table>.zip", "exports.table_zip", table_zip, "exports:run"),
    Route("/export/page/<name>/<table>.png", "exports.table_png", table_png, "exports:run"),
    Route("/export/page/<name>/<table>.svg", "exports.table_svg", table_svg, "exports:run"),
    Route("/exports/<file_id>", "exports.fetch", fetch, "exports:run"),
    Route("/exports/<file_id>/remove", "exports.remove", remove, "exports:run", methods=("POST",)),
    Route("/exports/jobs/<job_id>/cancel", "exports.cancel", cancel, "exports:run", methods=("POST",)),
)
