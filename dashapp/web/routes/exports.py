"""Downloads, each noted in the journal: the customers list as CSV or XLSX, the table or the picture of a chart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from http import HTTPStatus
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue

from dashapp.charts import catalogue
from dashapp.charts.chart import Chart
from dashapp.charts.kit import theme
from dashapp.domain.filters import Filters
from dashapp.domain.listing import Listing
from dashapp.errors import InputError
from dashapp.services import render
from dashapp.services.card_files import Asked, about_one, card_book, subtitle
from dashapp.services.carried import ZIP, explained, zipped
from dashapp.services.cells import csv_text
from dashapp.services.charting import draw
from dashapp.services.export_desk import CARDS, Leaving
from dashapp.services.exports import CustomersFile, Request, most_rows
from dashapp.web import asof, identity
from dashapp.web.route import Route

if TYPE_CHECKING:
    from dashapp.services.services import Services

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def customers_csv(services: Services) -> ResponseReturnValue:
    """The whole list, streamed."""
    file = _customers(services)
    note(services, _leaving(services, "customers.csv", file))
    return plain(file.csv(), file.name("csv"), "/export/customers-about.csv")


def customers_zip(services: Services) -> ResponseReturnValue:
    """The same beside the file that explains it."""
    file = _customers(services)
    note(services, _leaving(services, "customers.csv", file))
    return both(file.csv(), file.about_csv(), file.name)


def customers_xlsx(services: Services) -> ResponseReturnValue:
    """The list as a workbook with an About sheet; a long one is made in the background, where its reader is sent."""
    file = _customers(services)
    if file.rows <= services.settings.export_direct_rows:
        note(services, _leaving(services, "customers.xlsx", file))
        return download(pieces(file.xlsx(services.settings)), XLSX, file.name("xlsx"))
    reader = identity.principal()
    if reader.token_name:
        text = f"A workbook of more than {services.settings.export_direct_rows:,} customers is made in the background."
        raise InputError(text, "Ask for /export/customers.csv, which is sent while it is read.")
    leaving = _leaving(services, "customers.xlsx", file)
    services.exports.order(file.request, asof.shown(services), leaving, reader, request.remote_addr or "")
    return redirect("/exports", HTTPStatus.SEE_OTHER)


def customers_about(services: Services) -> ResponseReturnValue:
    """What the columns of the CSV file mean and where its figures come from."""
    file = _customers(services)
    return download([file.about_csv()], CSV, file.name("about.csv"))


def chart_csv(services: Services, chart: str) -> ResponseReturnValue:
    """The numbers of a chart as on screen."""
    asked = view(services)
    table = _drawn(services, chart, asked).table
    note(services, _card(f"{chart}.csv", len(table), asked))
    return plain(csv_text([table]), asked.name(chart, "csv"), f"/export/chart/{chart}/about.csv")


def chart_zip(services: Services, chart: str) -> ResponseReturnValue:
    """The same beside the file that explains it."""
    asked = view(services)
    drawn = _drawn(services, chart, asked)
    note(services, _card(f"{chart}.csv", len(drawn.table), asked))
    about = explained(about_one(catalogue.chart(chart), drawn, asked))
    return both(csv_text([drawn.table]), about, partial(asked.name, chart))


def chart_about(services: Services, chart: str) -> ResponseReturnValue:
    """What the numbers of a chart mean, under which filters and from which data."""
    asked = view(services)
    about = explained(about_one(catalogue.chart(chart), _drawn(services, chart, asked), asked))
    return download([about], CSV, asked.name(chart, "about.csv"))


def chart_xlsx(services: Services, chart: str) -> ResponseReturnValue:
    """The same as a workbook with an About sheet."""
    asked = view(services)
    drawn = _drawn(services, chart, asked)
    note(services, _card(f"{chart}.xlsx", len(drawn.table), asked))
    book = card_book(catalogue.chart(chart), drawn, asked, services.settings)
    return download(pieces(book), XLSX, asked.name(chart, "xlsx"))


def chart_png(services: Services, chart: str) -> ResponseReturnValue:
    """The picture of a chart with its title, its filters and its day on it. Raises RenderFailed without a browser."""
    asked = view(services)
    drawn, spec = _drawn(services, chart, asked), catalogue.chart(chart)
    if drawn.figure is None:
        raise InputError(drawn.summary, drawn.note.next_step if drawn.note else "")
    figure = render.framed(drawn.figure, spec.title, subtitle(asked), theme.template("light"), spec.definition)
    image = render.shared(services.settings).png(figure, spec.height + render.pixels_around(spec.definition))
    note(services, _card(f"{chart}.png", len(drawn.table), asked))
    return download([image], "image/png", asked.name(chart, "png"))


def _customers(services: Services) -> CustomersFile:
    principal = identity.principal()
    asked = Request(
        filters=_filters(),
        listing=Listing.from_query(request.args.to_dict()),
        with_contact=principal.may("customers:contact"),
        asked_by=principal.user_name,
        asked_at=services.clock(),
    )
    return CustomersFile(asof.shown(services), asked, most_rows(principal.role, services.settings))


def _filters() -> Filters:
    return Filters.from_query(request.args.to_dict())


def view(services: Services) -> Asked:
    """Who asks for which view of which snapshot: what the address says."""
    return Asked(asof.shown(services), _filters(), identity.principal().user_name, services.clock())


def _drawn(services: Services, name: str, asked: Asked) -> Chart:
    """The chart with those of its own parameters that the address names, and with the notes this reader sees."""
    known = catalogue.chart(name).parameters
    given = {key: text for key, text in request.args.to_dict().items() if key in known}
    chosen = {key: _parameter(key, text) for key, text in given.items()}
    flags = services.annotations.flags(identity.principal(), asked.filters)
    return draw(name, asked.snapshot, asked.filters, flags, **chosen)


def _parameter(name: str, text: str) -> Any:
    """Keys are numbers, everything else a short word."""
    wanted = text.isdecimal() and len(text) < 10 if name.endswith("_key") else text.isidentifier() and len(text) < 40
    if not wanted:
        raise InputError(f"{text[:40]!r} is not a value for {name}.", "Download again from the chart's menu.")
    return int(text) if name.endswith("_key") else text


def _leaving(services: Services, target: str, file: CustomersFile) -> Leaving:
    snapshot = asof.shown(services).id
    return Leaving(target, file.rows, snapshot, file.filters, request.full_path, matching=file.matching)


def _card(target: str, rows: int, asked: Asked) -> Leaving:
    filters = asked.filters.sentence(asked.until)
    return Leaving(target, rows, asked.snapshot.id, filters, request.full_path, CARDS)


def note(services: Services, leaving: Leaving) -> None:
    """The journal knows of the download before its first byte leaves. Raises Throttled."""
    services.exports.note(leaving, identity.principal(), request.remote_addr or "")


def download(content: Iterable[bytes], kind: str, name: str) -> Response:
    """`name` is made by us from letters, digits, points, hyphens and underscores, so RFC 6266 needs no encoding."""
    response = Response(content, content_type=kind)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def plain(content: Iterable[bytes], name: str, about: str) -> Response:
    """A table for programs; a header names the address of the file that explains it."""
    response = download(content, CSV, name)
    asked = urlencode(request.args.to_dict())
    response.headers["Link"] = f'<{quote(about)}{"?" if asked else ""}{asked}>; rel="describedby"'
    return response


def both(content: Iterable[bytes], about: bytes, name: Callable[[str], str]) -> Response:
    """A table for people: beside it lies the file that explains it. `name` makes file names by their endings."""
    return download(zipped([(name("csv"), content), (name("about.csv"), [about])]), ZIP, name("zip"))


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """The file, closed after its last piece or when the reader hangs up."""
    with file:
        while piece := file.read(1 << 16):
            yield piece


ROUTES = (
    Route("/export/customers.csv", "exports.customers_csv", customers_csv, "exports:run"),
    Route("/export/customers.zip", "exports.customers_zip", customers_zip, "exports:run"),
    Route("/export/customers.xlsx", "exports.customers_xlsx", customers_xlsx, "exports:run"),
    Route("/export/customers-about.csv", "exports.customers_about", customers_about, "exports:run"),
    Route("/export/chart/<chart>.csv", "exports.chart_csv", chart_csv, "exports:run"),
    Route("/export/chart/<chart>.zip", "exports.chart_zip", chart_zip, "exports:run"),
    Route("/export/chart/<chart>/about.csv", "exports.chart_about", chart_about, "exports:run"),
    Route("/export/chart/<chart>.xlsx", "exports.chart_xlsx", chart_xlsx, "exports:run"),
    Route("/export/chart/<chart>.png", "exports.chart_png", chart_png, "exports:run"),
)
